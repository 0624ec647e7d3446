"""Checking that the things new values refer to exist and may be seen by the actor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from lists_core.field_types.base import Titles
from lists_core.field_types.references import references
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import titles_of
from staff.models import Employee
from svod.base.errors import Invalid


def check_references(
    cleaned: Mapping[SchemaField, Any], *, actor: Employee, row: Any = None
) -> None:
    """Raise Invalid (errors by code) when a value refers to what is not there for the actor.

    What the `row` holds already is not looked at: it may have been removed since, or be hidden
    from this person. One query a kind of reference, none when nothing new is referred to.
    """
    added = {
        field: items
        for field, value in cleaned.items()
        if _checked(field) and (items := _added(field, value, row))
    }
    titles = titles_of(
        [(field, _value(field, items)) for field, items in added.items()], actor=actor
    )
    missing = {
        field.code: [_("Choose from the list: this is not available.")]
        for field, items in added.items()
        if any(item not in titles[field.key] for item in items)
    }
    if missing:
        raise Invalid(missing)


def available(values: Mapping[SchemaField, Any], *, actor: Employee) -> dict[SchemaField, Any]:
    """The values without what they refer to in vain, as a copy of an element takes them."""
    pairs = [(field, value) for field, value in values.items() if field.type.reference]
    titles = titles_of(pairs, actor=actor)
    kept = {field: _kept(field, value, titles[field.key]) for field, value in pairs}
    return {**values, **kept}


def _kept(field: SchemaField, value: Any, titles: Titles) -> Any:
    items = [item for item in field.items(value) if item in titles]
    return (items or None) if field.multiple else next(iter(items), None)


def _checked(field: SchemaField) -> bool:
    """Files are checked where their uses are written (`file_uses`)."""
    return field.type.reference in references and field.type.reference != "file"


def _added(field: SchemaField, value: Any, row: Any) -> set[Any]:
    old = field.items(field.read(row)) if row is not None else []
    return set(field.items(value)) - set(old)


def _value(field: SchemaField, items: set[Any]) -> Any:
    return list(items) if field.multiple else next(iter(items))
