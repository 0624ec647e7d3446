"""What the page of a merge shows: the fields in which the items differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_link.kinds import Kind
from crm_link.models import MergedItem
from crm_link.selectors.kinds import access_kind, list_of
from crm_link.uniting import may_unite, usual
from lists_core.access import Right, Rights, rights_on
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements, rows_by_ids
from lists_core.selectors.titles import row_titles
from staff.models import Employee
from svod.base.errors import NotFound


@dataclass(frozen=True)
class Cell:
    """One item's value; `picked` is what stays where nobody chose."""

    id: int
    html: str
    empty: bool
    picked: bool


@dataclass(frozen=True)
class Line:
    """A field in which the items differ. `all_picked` says that all values stay together."""

    field: SchemaField
    cells: list[Cell]
    all_picked: bool


@dataclass(frozen=True)
class Comparison:
    """Items of a kind beside one another, the main one first in `rows`."""

    list: List
    rows: Sequence[Any]
    lines: Sequence[Line]
    rights: Mapping[int, Rights]

    @property
    def main(self) -> Any:
        return self.rows[0]

    @property
    def refusal(self) -> str:
        """Whose right is missing: "change" of the main one, "delete" of another, or ""."""
        if Right.CHANGE not in self.rights[self.main.pk]:
            return "change"
        others = (self.rights[row.pk] for row in self.rows[1:])
        return "" if all(Right.DELETE in held for held in others) else "delete"


def compare(actor: Employee, kind: Kind, ids: Sequence[int], *, main: int) -> Comparison:
    """The readable items of these ids. Raises NotFound when fewer than two are left."""
    list_, schema = access_kind(actor, Right.VIEW, kind)
    rows = rows_by_ids(schema, ids, actor=actor)
    if len(rows) < 2:  # noqa: PLR2004 - one alone is merged with nothing
        raise NotFound
    ordered = sorted(rows, key=lambda row: (row.pk != main, row.pk))
    lines = _lines(schema, ordered, actor)
    return Comparison(list_, ordered, lines, rights_on(actor, schema, ordered))


def _lines(schema: Schema, rows: list[Any], actor: Employee) -> list[Line]:
    fields = [f for f in schema.changeable if may_unite(f) and _differ(f, rows)]
    titles = row_titles(fields, rows, actor=actor)
    return [_line(field, rows, titles.get(field.key, {})) for field in fields]


def _differ(field: SchemaField, rows: list[Any]) -> bool:
    first = field.read(rows[0])
    return any(field.read(row) != first for row in rows[1:])


def _line(field: SchemaField, rows: list[Any], titles: Any) -> Line:
    stays = usual(field, rows)
    values = [(row.pk, field.read(row)) for row in rows]
    picked = next((pk for pk, value in values if value == stays), None)
    cells = [
        Cell(pk, field.render(value, titles), value is None, pk == picked) for pk, value in values
    ]
    return Line(field, cells, picked is None)


def winner_of(actor: Employee, kind: Kind, element_id: int) -> int:
    """Id of the item that this one became part of. Raises NotFound when it did not, or when the
    actor may not see that one."""
    merged = MergedItem.objects.filter(loser=element_id, loser__list=list_of(kind)).first()
    if merged is None:
        raise NotFound
    _list, schema = access_kind(actor, Right.VIEW, kind)
    if not elements(schema, actor).filter(pk=merged.winner_id).exists():
        raise NotFound
    return merged.winner_id
