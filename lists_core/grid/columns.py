"""Which columns a grid shows: those of the address, else the person's own, else the list's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, DateField, DateTimeField, DecimalField
from django.db.models import Field as DbField

from lists_core.grid.extra import ExtraColumn, column_of
from lists_core.grid.state import GridState, sorted_by
from lists_core.models import ListPreference
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.preferences import TABLE_LOOK

NAME_WIDTH, TEXT_WIDTH = 280, 190
WIDTHS: tuple[tuple[type[DbField[Any, Any]], int], ...] = (
    (DecimalField, 130),
    (DateTimeField, 160),
    (DateField, 130),
    (BooleanField, 110),
)


@dataclass(frozen=True)
class Column:
    """A header: `width` in CSS pixels, `place` in the sort from 1 (0 when not sorted)."""

    field: SchemaField | ExtraColumn
    width: int
    descending: bool
    place: int
    sort_query: str
    add_query: str
    pinned: bool = False

    @property
    def code(self) -> str:
        return self.field.code

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def sortable(self) -> bool:
        return self.field.sortable

    @property
    def aria_sort(self) -> str:
        if not self.place:
            return "none"
        return "descending" if self.descending else "ascending"

    @property
    def numeric(self) -> bool:
        return is_numeric(self.field)


def is_numeric(field: SchemaField | ExtraColumn) -> bool:
    """Numbers stand at the right, where their digits can be compared."""
    if isinstance(field, ExtraColumn):
        return False
    return not field.multiple and isinstance(field.columns[field.main_column], DecimalField)


def usual_width(field: SchemaField | ExtraColumn) -> int:
    """A width in CSS pixels that fits most values of the field."""
    if isinstance(field, ExtraColumn):
        return field.width
    if field.code == "NAME":
        return NAME_WIDTH
    stored = None if field.multiple else field.columns[field.main_column]
    return next((width for kind, width in WIDTHS if isinstance(stored, kind)), TEXT_WIDTH)


def shown_fields(
    schema: Schema, preference: ListPreference, codes: Sequence[str] = ()
) -> list[SchemaField]:
    """The fields of the columns in their order, without extra ones; never empty."""
    known = [field for code in codes or preference.chosen if (field := schema.get(code))]
    return known or default_fields(schema)


def shown_columns(
    schema: Schema, preference: ListPreference, codes: Sequence[str] = ()
) -> list[SchemaField | ExtraColumn]:
    """The fields and extra columns in their order; never empty."""
    chosen = codes or preference.chosen
    known = [column for code in chosen if (column := column_of(schema, code))]
    return known or list(default_fields(schema))


def default_fields(schema: Schema) -> list[SchemaField]:
    return [field for field in schema.all_fields if field.field.show_in_list]


def pinned_first(
    fields: Sequence[SchemaField | ExtraColumn], pinned: Sequence[str]
) -> list[SchemaField | ExtraColumn]:
    return sorted(fields, key=lambda field: field.code not in pinned)


def pinned_codes(
    fields: Sequence[SchemaField | ExtraColumn], state: GridState, preference: ListPreference
) -> tuple[str, ...]:
    """The columns that stay at the left: of the address or the view, else the person's own, else
    the first one."""
    chosen = state.look.pinned
    own = preference.look(TABLE_LOOK).get("pinned") if state.view is None else None
    if chosen is None and isinstance(own, list):
        chosen = tuple(str(code) for code in own)
    return tuple(field.code for field in fields[:1]) if chosen is None else chosen


def columns_of(
    fields: Sequence[SchemaField | ExtraColumn], state: GridState, preference: ListPreference
) -> list[Column]:
    # A view looks the same to everybody: what a person set for themselves does not change it.
    widths = {**(preference.widths if state.view is None else {}), **dict(state.look.widths)}
    pinned = pinned_codes(fields, state, preference)
    sort = dict(state.sort)
    places = {code: place for place, code in enumerate(sort, start=1)}
    return [
        Column(
            field,
            width=widths.get(field.code) or usual_width(field),
            descending=sort.get(field.code, False),
            place=places.get(field.code, 0),
            sort_query=state.query(sort=sorted_by(state, field.code, add=False)),
            add_query=state.query(sort=sorted_by(state, field.code, add=True)),
            pinned=field.code in pinned,
        )
        for field in pinned_first(fields, pinned)
    ]
