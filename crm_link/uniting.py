"""Which value of several items stays when they become one: pure decisions, no queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lists_core.schema.fields import SchemaField

#: What the program alone says of an item; the main one's stays.
PROGRAM = frozenset({"STAGE", "CONVERTED_AT", "CLOSED_AT"})
Chosen = Mapping[str, int]
"""Code of a field → id of the item whose value stays; fields that are left out: the main's, or
the first other's where the main one has none, and all values of a field with several."""


def may_unite(field: SchemaField) -> bool:
    """Whether a value of another item may become the main one's."""
    return not (field.code in PROGRAM or field.type.automatic or field.type.concealed)


def united(fields: Iterable[SchemaField], rows: Sequence[Any], chosen: Chosen) -> dict[str, Any]:
    """Values by code of the main item, the first of `rows`, after it took in the others."""
    by_id = {row.pk: row for row in rows}
    return {
        field.code: field.read(by_id[chosen[field.code]])
        if chosen.get(field.code) in by_id
        else usual(field, rows)
        for field in fields
        if may_unite(field)
    }


def usual(field: SchemaField, rows: Sequence[Any]) -> Any:
    """What stays where nobody chose."""
    values = [value for row in rows if (value := field.read(row)) is not None]
    if not field.multiple:
        return next(iter(values), None)
    items = [item for value in values for item in value]
    return _distinct(field, items) or None


def _distinct(field: SchemaField, items: Iterable[Any]) -> list[Any]:
    known: dict[str, Any] = {}
    for item in items:
        known.setdefault(repr(field.type.to_json(field.field, item)), item)
    return list(known.values())
