"""A list of a million elements, and people who may see some of them for different reasons.

Filled by SQL: the table, the registry of elements, `readers` and the stored rights behind it,
so that `check_access` finds nothing to mend. What a person sees lies either anywhere
("random") or at the far end of the sort by NUM, descending ("far").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connection

from lists_core.access import ROLES, Right
from lists_core.models import ElementGroupRight, List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from lists_core.services.stored_rights import insert_rights
from staff.models import Employee
from staff.services.employee_groups import change_members, create_group
from staff.subjects import AUTHOR, EVERYONE, Subject

PLACES = ("random", "far")
READER_SHARES = (0.001, 0.1, 1, 10, 50)
SECTION_SHARES = (0.001, 0.1, 10)
AUTHOR_SHARES = (0.001, 0.1)
SECTIONS = 500
STRANGERS = 300

ELEMENTS = "INSERT INTO element (id, list_id) SELECT n, %s FROM generate_series(%s, %s) AS n"
#: One row of chances for each element; everything about it follows from them.
ROWS = """
    INSERT INTO {table} (id, section, name, created_by, created_at, modified_at, version,
                         readers, restricted, {num}, {plain}, {state}, {note})
    SELECT n, {section}, 'Contract ' || n, {author}, now(), now(), 1,
           NULLIF(array_remove(ARRAY[{readers}]::int[], NULL), '{{}}'), false,
           num, floor(random() * 1000000), floor(random() * 20), 'note ' || md5(n::text)
    FROM (SELECT n, floor(random() * {rows}) AS num, random() AS a, random() AS b, random() AS c
          FROM generate_series({first}, {last}) AS n) AS chances
"""
RIGHTS = """
    INSERT INTO {rights} (permission_id, group_id, content_object_id, list_id)
    SELECT %s, -reader, id, %s FROM {table}, unnest(readers) AS reader WHERE reader < 0
"""


@dataclass(frozen=True)
class Audience:
    """Somebody and why they see what they see."""

    why: str
    share: float
    place: str
    person: Employee


class World:
    """The list and the people, made by `fill`."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.admin = Employee.objects.create_superuser("rights", "rights@svod.example", "x")
        self.list = create_list(actor=self.admin, name="Contracts", has_sections=True)
        for code, slug in (
            ("NUM", "number"),
            ("PLAIN", "number"),
            ("STATE", "number"),
            ("NOTE", "string"),
        ):
            create_field(self.list.pk, slug, actor=self.admin, name=code, code=code)
        self.list.refresh_from_db()
        author = {EVERYONE: frozenset({Right.ADD}), AUTHOR: ROLES["edit"][1]}
        own = {Subject("U", self.admin.pk): ROLES["full"][1]}
        set_list_rights(self.list.pk, {**author, **own}, actor=self.admin)
        self.strangers = _groups("stranger", range(STRANGERS))
        self.anywhere = _sections(self.list, "anywhere")
        self.ordered = _sections(self.list, "ordered")

    @property
    def schema(self) -> Schema:
        return schema_of(List.objects.get(pk=self.list.pk))

    def person(self, name: str, groups: list[int]) -> Employee:
        """An employee in these groups and, as everybody, in a few that see other things."""
        person: Employee = Employee.objects.create_user(name, f"{name}@svod.example", None)
        person.groups.add(*groups)
        return person


def fill(rows: int) -> tuple[World, list[Audience]]:
    world = World(rows)
    people = [
        *_by_readers(world),
        *_by_sections(world),
        *_by_authorship(world),
        *_by_all_of_it(world),
        *_by_list(world),
    ]
    _fill_table(world, people)
    return world, people


def _groups(name: str, keys: Any) -> list[int]:
    return [Group.objects.create(name=f"{name} {key}").pk for key in keys]


def _sections(list_: List, name: str) -> list[int]:
    made = [Section(list=list_, name=f"{name} {n}", sort=n) for n in range(SECTIONS + 1)]
    return [section.pk for section in Section.objects.bulk_create(made)]


def _by_readers(world: World) -> Iterator[Audience]:
    """Element by element to a group."""
    yield Audience("elements", 0, "–", world.person("nothing", []))
    for place in PLACES:
        for share in READER_SHARES:
            (group,) = _groups(f"elements {place}", [share])
            person = world.person(f"elements-{place}-{share}", [group])
            yield Audience("elements", share, place, person)
    (group,) = _groups("elements", [100])
    yield Audience("elements", 100, "–", world.person("elements-100", [group]))


def _by_sections(world: World) -> Iterator[Audience]:
    """The first section of a kind has ten elements, every other 0.1 % of them all."""
    for place, sections in zip(PLACES, (world.anywhere, world.ordered), strict=True):
        for share in SECTION_SHARES:
            person = world.person(f"sections-{place}-{share}", [])
            chosen = sections[:1] if share == 0.001 else sections[1 : 1 + round(share * 10)]
            _grant_sections(chosen, person)
            yield Audience("sections", share, place, person)


def _grant_sections(sections: list[int], person: Employee) -> None:
    """To a group, as departments are granted sections."""
    group = create_group(actor=None, name=f"sections {person.pk}")
    change_members(group, actor=None, add=[person])
    insert_rights(Section, sections, {Subject("G", group.pk): ROLES["view"][1]})


def _by_authorship(world: World) -> Iterator[Audience]:
    for place in PLACES:
        for share in AUTHOR_SHARES:
            yield Audience("author", share, place, world.person(f"author-{place}-{share}", []))


def _by_all_of_it(world: World) -> Iterator[Audience]:
    """Elements, sections and authorship together."""
    for place, sections in zip(PLACES, (world.anywhere, world.ordered), strict=True):
        for share in (0.1, 10):
            group = Group.objects.get(name=f"elements {place} {share}").pk
            person = world.person(f"mixed-{place}-{share}", [group])
            _grant_sections(sections[1 : 1 + round(share * 10)], person)
            yield Audience("mixed", 2 * share, place, person)


def _by_list(world: World) -> Iterator[Audience]:
    person = world.person("list-wide", [])
    insert_rights(List, [world.list.pk], {Subject("U", person.pk): ROLES["view"][1]})
    yield Audience("the list", 100, "–", person)


# --- the rows ---------------------------------------------------------------------------


def _fill_table(world: World, people: list[Audience]) -> None:
    schema = world.schema
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM element")
        first = cursor.fetchone()[0]
        last = first + world.rows - 1
        cursor.execute(ELEMENTS, [world.list.pk, first, last])
        cursor.execute("SELECT setval(pg_get_serial_sequence('element', 'id'), %s)", [last])
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_rows(world, schema, people, first, last))
        num = schema["NUM"].main_column
        cursor.execute(f"CREATE INDEX ON {schema.table} ({num} DESC NULLS LAST, id DESC)")
        permission = Permission.objects.get(codename="view_element").pk
        cursor.execute("SET session_replication_role = replica")  # no check of each foreign key
        rights = ElementGroupRight._meta.db_table
        statement = RIGHTS.format(rights=rights, table=schema.table)
        cursor.execute(statement, [permission, world.list.pk])
        cursor.execute("RESET session_replication_role")
        for table in (schema.table, rights, "element"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def _rows(world: World, schema: Schema, people: list[Audience], first: int, last: int) -> str:
    names = {code.lower(): schema[code].main_column for code in ("NUM", "PLAIN", "STATE", "NOTE")}
    return ROWS.format(
        table=schema.table,
        section=_section(world),
        author=_author(world, people),
        readers=", ".join(_readers(world)),
        rows=world.rows,
        first=first,
        last=last,
        **names,
    )


def _readers(world: World) -> Iterator[str]:
    """SQL of each entry of `readers`: a group as a negative number, or NULL."""
    yield f"CASE WHEN c < 0.6 THEN -{world.strangers[0]} - floor(random() * {STRANGERS})::int END"
    yield f"-{Group.objects.get(name='elements 100').pk}"
    for share in READER_SHARES:
        anywhere = Group.objects.get(name=f"elements random {share}").pk
        far = Group.objects.get(name=f"elements far {share}").pk
        yield f"CASE WHEN random() < {share / 100} THEN -{anywhere} END"
        yield f"CASE WHEN num < {share / 100 * world.rows} THEN -{far} END"


def _section(world: World) -> str:
    """Half of the rows in sections anywhere, half in sections that follow NUM."""
    anywhere, ordered = world.anywhere[0], world.ordered[0]
    return f"""CASE
        WHEN num < 10 THEN {ordered} WHEN b < 0.00001 THEN {anywhere}
        WHEN n % 2 = 0 THEN {anywhere} + 1 + floor(a * {SECTIONS})::int
        ELSE {ordered} + 1 + floor(num / {world.rows} * {SECTIONS})::int END"""


def _author(world: World, people: list[Audience]) -> str:
    """The people who see by authorship, and ids of people who left long ago."""
    cases = ""
    for who in people:
        if who.why == "author":
            part = who.share / 100
            chance = f"num < {part * world.rows}" if who.place == "far" else f"random() < {part}"
            cases += f" WHEN {chance} THEN {who.person.pk}"
    return f"CASE {cases} ELSE 1000000 + floor(random() * 3000)::int END"
