"""Titles for a page of values: one query a kind of reference, however many fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lists_core.field_types.base import Titles
from lists_core.field_types.references import Found, Scope, references
from lists_core.schema.fields import SchemaField
from staff.models import Employee

Pairs = Iterable[tuple[SchemaField, Any]]


def titles_of(pairs: Pairs, *, actor: Employee) -> dict[str, Titles]:
    """Field key → titles of its values. `pairs` are fields with natural values."""
    wanted: dict[str, dict[Scope, set[Any]]] = defaultdict(lambda: defaultdict(set))
    fields: dict[str, SchemaField] = {}
    for field, value in pairs:
        if field.type.reference:
            fields[field.key] = field
            wanted[field.type.reference][scope_of(field)].update(field.items(value))
    found = {kind: references.get(kind).load(ids, actor=actor) for kind, ids in wanted.items()}
    return {
        key: _own(found[field.type.reference], scope_of(field)) for key, field in fields.items()
    }


def row_titles(
    fields: Iterable[SchemaField], rows: Iterable[Any], *, actor: Employee
) -> dict[str, Titles]:
    """Titles for these fields over these rows."""
    shown = [field for field in fields if field.type.reference]
    return titles_of(((field, field.read(row)) for row in rows for field in shown), actor=actor)


def scope_of(field: SchemaField) -> Scope:
    """The list whose things the field points to, when its kind is scoped by a list."""
    scope: Scope = field.field.settings.get("list")
    return scope


def _own(found: Found, scope: Scope) -> Titles:
    return {value: title for (of, value), title in found.items() if of == scope}
