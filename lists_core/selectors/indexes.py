"""The page of a list's indexes: what stands, what is wanted, how far a build is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lists_core.access import Right
from lists_core.models import List, ListIndex
from lists_core.schema import indexes
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.indexes import Standing, Want, column_owner
from lists_core.selectors.index_wants import choosable
from lists_core.selectors.lists import access_list
from staff.models import Employee

State, Keep, Kind = ListIndex.State, ListIndex.Keep, ListIndex.Kind


@dataclass(frozen=True)
class Line:
    """An index of the keeper's; `standing` None until it is built, `done` per cent of a build."""

    row: ListIndex
    field: str
    standing: Standing | None
    used_at: datetime | None
    done: int | None


@dataclass(frozen=True)
class Choice:
    """An index that can be asked for; `value` is how the form sends it."""

    value: str
    field: str
    label: str


@dataclass(frozen=True)
class IndexPage:
    """`others` are those that came with the table or its fields and go with them."""

    list_: List
    rows: int
    lines: list[Line]
    others: list[tuple[Standing, str]]
    choices: list[Choice]

    @property
    def size(self) -> int:
        own = [line.standing for line in self.lines if line.standing]
        return sum(one.size for one in (*own, *(other for other, _field in self.others)))

    @property
    def is_busy(self) -> bool:
        """Something will change soon by itself, so the page looks again."""
        return any(
            line.row.state == State.BUILDING
            or (line.row.state == State.WAITING and line.row.keep != Keep.BARRED)
            or (line.row.keep == Keep.BARRED and line.standing)
            for line in self.lines
        )


def index_page(actor: Employee, list_id: int) -> IndexPage:
    """Raises NotFound or Forbidden without full access to the list."""
    list_ = access_list(actor, Right.FULL, list_id)
    schema = schema_of(list_)
    found = {one.name: one for one in indexes.standing(list_id)}
    done = indexes.progress(list_id)
    rows = [row for row in ListIndex.objects.filter(list=list_id) if _field(schema, row.column)]
    lines = [_line(schema, row, found, done) for row in rows]
    own = {row.name for row in rows}
    others = [(one, _about(schema, one)) for name, one in found.items() if name not in own]
    taken = {Want(line.row.column, line.row.kind) for line in lines}
    choices = [_choice(schema, want) for want in choosable(schema) if want not in taken]
    return IndexPage(list_, indexes.row_estimates().get(list_id, 0), lines, others, choices)


def _line(schema: Schema, row: ListIndex, found: dict[str, Standing], done: int | None) -> Line:
    standing = found.get(row.name)
    valid = standing if standing and standing.valid else None
    used = [moment for moment in (row.asked_at, valid and valid.used_at) if moment]
    building = row.state == State.BUILDING
    return Line(row, _field(schema, row.column), valid, max(used), done if building else None)


def _field(schema: Schema, column: str) -> str:
    """The field's name; "" for a column that is no part of the list now."""
    field = column_owner(schema, column)
    return str(field.name) if field else ""


def _about(schema: Schema, standing: Standing) -> str:
    """Which fields an index of the table itself speaks of."""
    inside = standing.definition.partition(" USING ")[2]
    words: dict[str, Any] = dict.fromkeys(inside.translate(WORDS).split())
    return ", ".join(dict.fromkeys(name for word in words if (name := _field(schema, word))))


WORDS = str.maketrans('(),"', "    ")


def _choice(schema: Schema, want: Want) -> Choice:
    return Choice(
        f"{want.column}:{want.kind}", _field(schema, want.column), str(Kind(want.kind).label)
    )


def is_coming(schema: Schema, wants: Collection[Want]) -> bool:
    """Whether one of these indexes is being built or waits for that."""
    coming = ListIndex.objects.filter(
        list=schema.list_id, state__in=[State.WAITING, State.BUILDING]
    ).exclude(keep=Keep.BARRED)
    return any(Want(row.column, row.kind) in wants for row in coming)


def ready_sorts(schema: Schema) -> list[str]:
    """Names of the fields by which a sort is quick now."""
    built = ListIndex.objects.filter(
        list=schema.list_id, state=State.READY, kind__in=[Kind.UP, Kind.DOWN]
    )
    wanted = [(row.column, row.kind) for row in built]
    return list(
        dict.fromkeys(
            str(field.name)
            for field in schema.all_fields
            for down in (False, True)
            if indexes.sort_want(field, descending=down) in wanted
        )
    )
