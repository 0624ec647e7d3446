"""Worlds of people, lists and grants: drawn by hypothesis, made in PostgreSQL.

A world (tests/access/oracle.py) has numbers of its own; `build` puts it into the database and
`Built` translates. Tables are slow to make: `prepare` makes the lists once for a test, and each
example fills them inside a savepoint that is rolled back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from hypothesis import strategies as st

from crm_link.kinds import CONTACT
from lists_core.access import Right
from lists_core.models import (
    Comment,
    Element,
    ElementVersion,
    Field,
    FileUse,
    List,
    ListGroupRight,
    ListUserRight,
    Section,
    StoredFile,
)
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.compile import Schema
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.readers import sync_readers
from lists_core.services.stored_rights import insert_rights
from staff.models import Department, Employee
from staff.services.employee_groups import create_group
from staff.services.groups import sync_groups
from staff.subjects import Subject
from tests.access.oracle import World
from tests.access.worlds_crm import draw_roles, write_roles

LISTS = 3
NOTE, AMOUNT, LINK, FILE, WHO = CODES = ("NOTE", "AMOUNT", "LINK", "FILE", "RESPONSIBLE")
RIGHTS = ("view", "add", "change", "delete", "run", "access", "full")
MODELS: dict[str, Any] = {"list": List, "section": Section, "element": Element, "field": Field}


def canary(element: int, field: int = 0) -> str:
    """What stands in a cell (field 0 is the name), and nowhere else in the portal."""
    return f"CANARY-{element}-{field}Z"


def field_number(list_: int, code: str) -> int:
    return (list_ - 1) * len(CODES) + CODES.index(code) + 1


# --- drawing ----------------------------------------------------------------------------


def tree(draw: Callable[[Any], Any], size: int) -> dict[int, int | None]:
    """Number → the number above it."""
    return {
        number: draw(st.sampled_from([None, *range(1, number)])) for number in range(1, size + 1)
    }


@st.composite
def worlds(draw: Callable[[Any], Any]) -> World:
    world = World()
    _people(draw, world)
    world.lists = {number: {} for number in range(1, draw(st.integers(1, LISTS)) + 1)}
    for list_ in world.lists:
        _list(draw, world, list_)
    _elements(draw, world)
    _grants(draw, world)
    draw_roles(draw, world)
    return world


def _people(draw: Callable[[Any], Any], world: World) -> None:
    world.departments = {
        number: {"parent": above} for number, above in tree(draw, draw(st.integers(1, 4))).items()
    }
    size = draw(st.integers(3, 6))
    for number in range(1, size + 1):
        place = draw(st.sampled_from([None, *world.departments]))
        world.people[number] = {"active": number != 2, "admin": number == 1, "department": place}
    ordinary = range(3, size + 1)
    asked = st.lists(st.sampled_from([*ordinary, *ordinary, 1, 2]), min_size=1, max_size=2)
    for number in draw(asked):
        world.people[number]["looks"] = True
    for row in world.departments.values():
        row["head"] = draw(st.sampled_from([None, None, *world.people]))
    for number in range(1, draw(st.integers(0, 3)) + 1):
        world.groups[number] = {"members": draw(st.sets(st.sampled_from(list(world.people))))}


def _list(draw: Callable[[Any], Any], world: World, list_: int) -> None:
    for code in CODES:
        hidden, locked = draw(st.sampled_from([(0, 0), (0, 0), (1, 0), (0, 1), (1, 1)]))
        number = field_number(list_, code)
        row = {"list": list_, "code": code, "hidden": bool(hidden), "locked": bool(locked)}
        world.fields[number] = row
    first = len(world.sections)
    for number, above in tree(draw, draw(st.integers(0, 3))).items():
        parent = above and first + above
        cut = draw(st.sampled_from([False, False, True]))
        world.sections[first + number] = {"list": list_, "parent": parent, "restricted": cut}


def _elements(draw: Callable[[Any], Any], world: World) -> None:
    for number in range(1, draw(st.sampled_from([0, 4, 6, 8, 15])) + 1):
        list_ = draw(st.sampled_from(list(world.lists)))
        places = [key for key, row in world.sections.items() if row["list"] == list_]
        world.elements[number] = {
            "list": list_,
            "section": draw(st.sampled_from([None, *places])),
            "author": draw(st.sampled_from(list(world.people))),
            "restricted": draw(st.sampled_from([False, False, False, True])),
            "deleted": draw(st.sampled_from([False, False, False, False, True])),
            "amount": draw(st.sampled_from([None, 1, 2, 3])),
            "filled": draw(st.booleans()),
            "responsible": draw(st.sampled_from([None, *world.people])),
        }
    for row in world.elements.values():
        target = row["list"] % LISTS + 1
        known = [key for key, other in world.elements.items() if other["list"] == target]
        row["link"] = draw(st.sampled_from([None, *known]))


def _grants(draw: Callable[[Any], Any], world: World) -> None:
    subjects = ["AU", "AU", "CR", "CR", *(f"U{pk}" for pk in world.people)]
    subjects += [f"{kind}{pk}" for pk in world.departments for kind in ("D", "DR")]
    subjects += [f"G{pk}" for pk in world.groups]
    things = [("list", key) for key in world.lists] * 2
    things += [("section", key) for key in world.sections] * 2
    things += [("element", key) for key in world.elements]
    restricted = {pk for pk, row in world.fields.items() if row["hidden"] or row["locked"]}
    things += [("field", key) for key in restricted]
    rights = st.frozensets(st.sampled_from(RIGHTS), min_size=1, max_size=3)
    one = st.tuples(st.sampled_from(things), st.sampled_from(subjects), rights)
    for (kind, number), subject, given in draw(st.lists(one, min_size=2, max_size=14)):
        # The right to add means nothing on an element; a field has two rights only.
        meant = given - {"add"} if kind == "element" else given
        meant = meant & {"view", "change"} if kind == "field" else meant
        if meant:
            world.grants.append((kind, number, subject, frozenset(meant)))


# --- making -----------------------------------------------------------------------------


@dataclass
class Prepared:
    """Empty lists with the fields CODES; each one's LINK points to the next. Any may become
    that of contacts (`World.lists[…]["crm"]`): a kind of CRM without stages."""

    maker: Employee
    lists: list[List]
    picture: str

    def fields(self) -> list[dict[str, Field]]:
        return [{row.code: row for row in list_.fields.all()} for list_ in self.lists]


def prepare() -> Prepared:
    """Make the lists; their maker is an administrator and nobody holds any right on them."""
    forget_schemas()
    maker = Employee.objects.create_user(
        "maker", "maker@svod.example", "x", is_staff=True, is_superuser=True
    )
    lists = [
        create_list(actor=maker, name=f"CANARY-L{number}Z", has_sections=True)
        for number in range(1, LISTS + 1)
    ]
    kinds = {NOTE: "string", AMOUNT: "number", LINK: "element", FILE: "file", WHO: "employee"}
    for place, list_ in enumerate(lists):
        linked = {"list": lists[(place + 1) % LISTS].pk}
        for code in CODES:
            name = f"CANARY-F{field_number(place + 1, code)}Z"
            settings = linked if code == LINK else {}
            create_field(
                list_.pk, kinds[code], actor=maker, name=name, code=code, settings=settings
            )
    ListUserRight.objects.all().delete()
    ListGroupRight.objects.all().delete()
    return Prepared(maker, lists, default_storage.save("canary.bin", ContentFile(b"CANARY")))


@dataclass
class Built:
    """The world in the database: world's number → what was made. `files` are (element, field)."""

    world: World
    people: dict[int, Employee]
    departments: dict[int, Department]
    groups: dict[int, Group]
    lists: dict[int, List]
    sections: dict[int, Section]
    fields: dict[int, Field]
    elements: dict[int, int]
    files: dict[tuple[int, int], StoredFile]

    def schema(self, list_: int) -> Schema:
        return schema_of(self.lists[list_])

    def numbers(self, ids: Any) -> set[int]:
        """The world's numbers of these element ids."""
        known = {pk: number for number, pk in self.elements.items()}
        return {known[pk] for pk in ids}

    def number(self, pk: int) -> int:
        return next(number for number, known in self.elements.items() if known == pk)

    def subject(self, code: str) -> Subject:
        kind, number = code.rstrip("0123456789"), code.lstrip("ACDGRU")
        known: dict[str, dict[int, Any]] = {"U": self.people, "G": self.groups}
        places = known.get(kind, self.departments)
        return Subject(kind, places[int(number)].pk) if number else Subject(kind)

    def thing(self, kind: str, number: int) -> int:
        found = getattr(self, kind + "s")[number]
        return found if kind == "element" else found.pk

    def fresh(self, person: int) -> Employee:
        """The person as a new request reads them."""
        return Employee.objects.get(pk=self.people[person].pk)


def build(world: World, prepared: Prepared) -> Built:
    """Put the world into the database, inside a transaction that the caller rolls back."""
    built = Built(world, *_make_people(world), {}, {}, {}, {}, {})
    made = prepared.fields()
    for number, row in world.lists.items():
        built.lists[number] = prepared.lists[number - 1]
        if row.get("crm"):
            List.objects.filter(pk=built.lists[number].pk).update(system=CONTACT.system)
            built.lists[number] = List.objects.get(pk=built.lists[number].pk)
        for code in CODES:
            built.fields[field_number(number, code)] = made[number - 1][code]
    for number, row in world.fields.items():
        Field.objects.filter(pk=built.fields[number].pk).update(
            view_restricted=row["hidden"], change_restricted=row["locked"]
        )
    forget_schemas()
    _make_sections(built)
    _make_elements(built, prepared)
    write_grants(built)
    write_roles(built)
    return built


def _make_people(world: World) -> tuple[Any, Any, Any]:
    departments: dict[int, Department] = {}
    for number, row in world.departments.items():
        above = departments.get(row["parent"])
        departments[number] = Department.objects.create(name=f"D{number}", parent=above)
    people = {
        number: Employee(
            username=f"person{number}",
            last_name=f"Person{number}",
            password="!",
            is_active=row["active"],
            is_superuser=row["admin"],
            department=departments.get(row["department"]),
        )
        for number, row in world.people.items()
    }
    Employee.objects.bulk_create(people.values())
    sync_groups()
    groups = {
        number: create_group(actor=None, name=f"group{number}").group for number in world.groups
    }
    through = Employee.groups.through
    through.objects.bulk_create(
        through(employee_id=people[member].pk, group_id=groups[number].pk)
        for number, row in world.groups.items()
        for member in row["members"]
    )
    return people, departments, groups


def _make_sections(built: Built) -> None:
    for number, row in built.world.sections.items():
        built.sections[number] = Section.objects.create(
            list=built.lists[row["list"]],
            name=f"CANARY-S{number}Z",
            parent=built.sections.get(row["parent"]),
            restricted=row["restricted"],
        )


def _make_elements(built: Built, prepared: Prepared) -> None:
    rows = built.world.elements
    made = Element.objects.bulk_create(Element(list=built.lists[r["list"]]) for r in rows.values())
    built.elements = {number: element.pk for number, element in zip(rows, made, strict=True)}
    _make_files(built, prepared)
    by_list: dict[int, list[Any]] = defaultdict(list)
    versions = []
    for number, row in rows.items():
        schema = built.schema(row["list"])
        values = values_of(built, number)
        columns = {
            name: stored
            for field in schema.fields
            for name, stored in field.to_columns(values[field.code]).items()
        }
        by_list[row["list"]].append(_row(built, number, schema, columns))
        changes = {f.key: [None, f.to_json(values[f.code])] for f in schema.fields}
        changes["name"] = [None, canary(number)]
        versions.append(
            ElementVersion(
                element_id=built.elements[number],
                version=1,
                kind="created",
                actor=built.people[row["author"]],
                at=timezone.now(),
                changes=changes,
            )
        )
    for list_, items in by_list.items():
        built.schema(list_).model.objects.bulk_create(items)
    ElementVersion.objects.bulk_create(versions)
    Comment.objects.bulk_create(
        Comment(element_id=pk, author=prepared.maker, text=canary(number))
        for number, pk in built.elements.items()
    )


def values_of(built: Built, number: int) -> dict[str, Any]:
    """Code → natural value of an element's fields."""
    row = built.world.elements[number]
    note, file = (field_number(row["list"], code) for code in (NOTE, FILE))
    kept = built.files.get((number, file))
    return {
        NOTE: canary(number, note) if row["filled"] else None,
        AMOUNT: None if row["amount"] is None else Decimal(row["amount"]),
        LINK: built.elements[row["link"]] if row["link"] else None,
        WHO: built.people[row["responsible"]].pk if row.get("responsible") else None,
        FILE: kept.pk if kept else None,
    }


def _row(built: Built, number: int, schema: Schema, columns: dict[str, Any]) -> Any:
    row = built.world.elements[number]
    author = built.people[row["author"]].pk
    return schema.model(
        id=built.elements[number],
        name=canary(number),
        section=built.sections[row["section"]].pk if row["section"] else None,
        created_by=author,
        modified_by=author,
        restricted=row["restricted"],
        deleted_at=timezone.now() if row["deleted"] else None,
        **columns,
    )


def _make_files(built: Built, prepared: Prepared) -> None:
    wanted = [
        (number, field_number(row["list"], FILE))
        for number, row in built.world.elements.items()
        if row["filled"]
    ]
    files = StoredFile.objects.bulk_create(
        StoredFile(
            name=f"{canary(*pair)}.bin", content=prepared.picture, thumbnail=prepared.picture,
            size=6, mime="application/octet-stream", sha256="0" * 64, uploaded_by=prepared.maker,
        )
        for pair in wanted
    )  # fmt: skip
    built.files = dict(zip(wanted, files, strict=True))
    FileUse.objects.bulk_create(
        FileUse(file=file, element_id=built.elements[element], field_id=built.fields[field].pk)
        for (element, field), file in built.files.items()
    )


def write_grants(built: Built) -> None:
    """The grants as they are stored: many of them no single person could have given."""
    merged: dict[tuple[str, int], dict[Subject, frozenset[Right]]] = defaultdict(dict)
    for kind, number, code, given in built.world.grants:
        on = merged[kind, number]
        subject = built.subject(code)
        on[subject] = on.get(subject, frozenset()) | frozenset(map(Right, given))
    for (kind, number), grants in merged.items():
        list_ = built.world.elements[number]["list"] if kind == "element" else 0
        list_id = built.lists[list_].pk if list_ else 0
        insert_rights(MODELS[kind], [built.thing(kind, number)], grants, list_id)
    for list_ in built.lists.values():
        sync_readers(list_.pk)
