"""Checking the values of an element, whatever door they came through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from lists_core.schema.compile import Schema
from lists_core.schema.ddl import unique_index_name
from lists_core.schema.fields import SchemaField
from svod.base.errors import Invalid

Cleaned = dict[SchemaField, Any]


def initial_values(schema: Schema, values: Mapping[str, Any]) -> dict[str, Any]:
    """The given values; the program's own numbers and the defaults where none is given.

    A field that a person emptied stays empty, but for the program's numbers.
    """
    return dict(values) | {field.code: _initial(field, values) for field in schema.editable}


def _initial(field: SchemaField, values: Mapping[str, Any]) -> Any:
    given = values.get(field.code)
    if field.type.automatic and given in (None, ""):
        return field.type.next_value(field.field)
    return given if field.code in values else field.default()


def clean_values(schema: Schema, values: Mapping[str, Any], *, partial: bool) -> Cleaned:
    """Natural values by code → checked values by field; raise Invalid with errors by code.

    With `partial` only the given fields are looked at, as when some cells are edited.
    """
    cleaned: Cleaned = {}
    errors: dict[str, list[str]] = {}
    for field in schema.editable:
        if field.code in values or not partial:
            try:
                cleaned[field] = clean_value(field, values.get(field.code))
            except ValidationError as error:
                errors[field.code] = error.messages
    unknown = set(values) - {field.code for field in schema.editable}
    errors.update({code: [_("This list has no such field.")] for code in unknown})
    if errors:
        raise Invalid(errors)
    return cleaned


def clean_value(field: SchemaField, value: Any) -> Any:
    """One field's checked value; raise ValidationError."""
    cleaned = field.clean(value)
    if cleaned is None and field.field.required:
        raise ValidationError(_("This field is required."))
    return cleaned


def not_unique(schema: Schema, error: IntegrityError) -> SchemaField | None:
    """The field whose unique index the database refused to break."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for field in schema.fields:
        if name == unique_index_name(schema.list_id, field.main_column):
            return field
    return None
