"""Lists of any size and width, with the rows that an import would have left, made by SQL.

The table, the registry of elements and a row of history for each; the outbox stays empty. Values
follow from the element's number alone, so every run has the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from lists_core.models import List, ListIndex
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.services import index_use
from lists_core.services.fields import create_field
from lists_core.services.indexes import keep_indexes
from lists_core.services.lists import create_list
from staff.models import Employee

STATES = ["new", "signed", "closed"]
PEOPLE = 200
#: A number of 31 bits that looks drawn: of the element `n` and the field `{k}`.
DRAWN = "(hashint8(n * 64 + {k})::bigint & 2147483647)"


@dataclass(frozen=True)
class Kind:
    """A kind of column: the field's type and settings, and SQL of the value of element `n`."""

    stem: str
    slug: str
    sql: str
    settings: dict[str, Any] = field(default_factory=dict)


OPTIONS = {"options": [{"id": None, "name": name, "color": ""} for name in STATES]}
#: The first five make the narrow list, ten of each but the last five the wide one.
KINDS = (
    Kind("PARTNER", "string", "'Partner ' || {drawn} % 2000"),
    Kind("STATE", "list", "{first_option} + {drawn} % 3", OPTIONS),
    Kind("WEIGHT", "number", "{drawn} % 1000", {"precision": 0}),
    Kind("AMOUNT", "number", "({drawn} % 100000000) / 100.0", {"precision": 2}),
    Kind("DUE", "date", "date '2026-01-01' + ({drawn} % 700)::int"),
    Kind("SIGNED", "datetime", "timestamptz '2026-01-01 12:00+03' + {drawn} % 1000000"
         " * interval '1 minute'"),
    Kind("ORIGINAL", "boolean", "{drawn} % 2 = 0"),
    Kind("NOTE", "string", "'note ' || md5(({drawn} % 50000)::text)"),
    Kind("KEEPER", "employee", "{first_person} + {drawn} % 200"),
    Kind("SITE", "url", "'https://example.com/' || {drawn} % 10000"),
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """A filled list; `columns` are (code, kind, name in the hand-written model)."""

    list: List
    actor: Employee
    rows: int
    columns: tuple[tuple[str, Kind, str], ...]

    @property
    def schema(self) -> Schema:
        return schema_of(self.list)

    @property
    def shown(self) -> list[str]:
        """Ten columns for the table."""
        codes = ["NAME", *(code for code, _kind, _name in self.columns)]
        return [*codes, "ID", "CREATED_AT", "CREATED_BY", "MODIFIED_AT"][:10]


def make(rows: int, fields: int, actor: Employee) -> World:
    columns = tuple(_columns(fields))
    list_ = create_list(actor=actor, everyone="edit", name=f"Contracts {rows} × {fields}")
    for code, kind, _name in columns:
        create_field(
            list_.pk, kind.slug, actor=actor, name=code.title(), code=code, settings=kind.settings
        )
    list_.refresh_from_db()
    world = World(list_, actor, rows, columns)
    fill(world.schema, [(code, kind) for code, kind, _name in columns], rows, actor)
    return world


def _columns(fields: int) -> list[tuple[str, Kind, str]]:
    kinds = KINDS[:fields] if fields < len(KINDS) else KINDS
    turns = [(kinds[n % len(kinds)], n // len(kinds)) for n in range(fields)]
    codes = [(f"{kind.stem}_{turn + 1}" if turn else kind.stem, kind) for kind, turn in turns]
    return [(code, kind, code.lower()) for code, kind in codes]


REGISTRY = """
    INSERT INTO element (id, list_id, author, section)
    SELECT n, %s, %s, {section} FROM generate_series(%s, %s) AS n
"""
ROWS = """
    INSERT INTO {table} (id, section, name, created_by, created_at, modified_by, modified_at,
                         version, restricted, {columns})
    SELECT n, {section}, 'Contract ' || n - {first}, {actor}, now() - n % 1000 * interval '1 hour',
           {actor}, now(), 1, false, {values}
    FROM generate_series({first}, {last}) AS n
"""
HISTORY = """
    INSERT INTO lists_core_elementversion
        (element_id, version, list_id, kind, actor_id, at, changes)
    SELECT id, 1, %s, 'created', %s, created_at,
           jsonb_build_object('name', jsonb_build_array(NULL, name))
    FROM {table} ORDER BY id
"""


def fill(
    schema: Schema,
    columns: Sequence[tuple[str, Kind]],
    rows: int,
    actor: Employee,
    *,
    section: int | None = None,
    sections: int = 1,
    vacuum: bool = True,
) -> None:
    """Triggers and foreign keys are off meanwhile: all that they would see to is written here.

    With `section` the elements are spread over so many sections from that id on.
    """
    person = people()
    place = f"{section} + mod(n, {sections})" if section else "NULL"
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('element', 'id'))")
        first = cursor.fetchone()[0]
        last = first + rows - 1
        cursor.execute("SELECT setval(pg_get_serial_sequence('element', 'id'), %s)", [last])
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(REGISTRY.format(section=place), [schema.list_id, actor.pk, first, last])
        values = [
            kind.sql.format(
                drawn=DRAWN.format(k=number),
                first_option=min(schema[code].field.options_by_id, default=0),
                first_person=person,
            )
            for number, (code, kind) in enumerate(columns)
        ]
        names = [schema[code].main_column for code, _kind in columns]
        insert = ROWS.format(table=schema.table, columns=", ".join(names), values=", ".join(values),
                             first=first, last=last, section=place, actor=actor.pk)  # fmt: skip
        cursor.execute(insert)
        cursor.execute(HISTORY.format(table=schema.table), [schema.list_id, actor.pk])
        cursor.execute("RESET session_replication_role")
        for table in (schema.table, "element", "lists_core_elementversion") if vacuum else ():
            cursor.execute(f"VACUUM ANALYZE {table}")


def people() -> int:
    """The id of the first of PEOPLE employees in a row."""
    found = Employee.objects.filter(username__startswith="keeper-").order_by("pk")
    if not found.exists():
        Employee.objects.bulk_create(
            Employee(username=f"keeper-{n}", first_name="Anna", last_name=f"Keeper {n}")
            for n in range(PEOPLE)
        )
    return int(found.values_list("pk", flat=True)[0])


def more_lists(number: int, actor: Employee) -> None:
    """Other lists beside those that are measured, made as a designer makes them."""
    for place in range(number):
        list_ = create_list(actor=actor, everyone="view", name=f"Other list {place}")
        for kind in KINDS[:5]:
            create_field(list_.pk, kind.slug, actor=actor, name=kind.stem.title(), code=kind.stem,
                         settings=kind.settings)  # fmt: skip


def build_indexes() -> None:
    """What the keeper of indexes does every minute, until all that is wanted stands; each web
    process learns within a minute which lists are large, this one at once."""
    while keep_indexes():
        pass
    index_use.forget()
    lacking = ListIndex.objects.exclude(state=ListIndex.State.READY)
    for row in lacking:
        raise RuntimeError(f"{row.name} is {row.state}: {row.error}")
