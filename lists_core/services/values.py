"""Checking the values of an element, whatever door they came through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from lists_core.schema.compile import Schema
from lists_core.schema.ddl import unique_index_name
from lists_core.schema.fields import SchemaField
from svod.base.errors import DomainError, Invalid

Cleaned = dict[SchemaField, Any]

_incomplete: ContextVar[bool] = ContextVar("may_be_incomplete", default=False)


@contextmanager
def incomplete() -> Iterator[None]:
    """What is written meanwhile may leave required fields empty: whoever sent it was not asked
    for them, and cannot be."""
    mark = _incomplete.set(True)
    try:
        yield
    finally:
        _incomplete.reset(mark)


def may_be_incomplete() -> bool:
    """Whether the write that goes on may lack what is required: for listeners that ask for more."""
    return _incomplete.get()


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


def clean_values(
    schema: Schema, values: Mapping[str, Any], *, partial: bool, own: Schema | None = None
) -> Cleaned:
    """Natural values by code → checked values by field; raise Invalid with errors by code.

    With `partial` only the given fields are looked at, as when some cells are edited; otherwise
    the rest get the program's numbers and their defaults. `own` is
    the schema as the writer may know it: other fields cannot be given, and a required one
    among them may stay empty, for the writer could not fill it. Within `incomplete` any may.
    """
    own = own or schema
    cleaned: Cleaned = {}
    errors = _closed(own, values)
    fillable = {field.code for field in own.changeable if _is_asked(field)}
    given = values if partial else initial_values(schema, values)
    for field in schema.editable:
        if field.code not in errors and field.code in given:
            try:
                cleaned[field] = clean_value(
                    field, given[field.code], lenient=field.code not in fillable
                )
            except ValidationError as error:
                errors[field.code] = error.messages
    if errors:
        raise Invalid(errors)
    return cleaned


def _is_asked(field: SchemaField) -> bool:
    """No element is without a name."""
    return field.field.is_system or not may_be_incomplete()


def _closed(own: Schema, values: Collection[str]) -> dict[str, list[str]]:
    """Errors of the codes that the person may not change.

    A field they may not even see gets the answer that a field which does not exist gets.
    """
    known = {field.code for field in own.editable}
    changeable = {field.code for field in own.changeable}
    told = {True: _("You may not change this field."), False: _("This list has no such field.")}
    return {code: [told[code in known]] for code in set(values) - changeable}


def clean_value(field: SchemaField, value: Any, *, lenient: bool = False) -> Any:
    """One field's checked value; raise ValidationError. `lenient` lets a required one be empty."""
    cleaned = field.clean(value)
    if not lenient:
        check_filled(field, cleaned)
    return cleaned


def check_filled(field: SchemaField, cleaned: Any) -> None:
    """Raise ValidationError when a required field is left empty."""
    if cleaned is None and field.field.required:
        raise ValidationError(_("This field is required."))


def not_unique(schema: Schema, error: IntegrityError) -> SchemaField | None:
    """The field whose unique index the database refused to break."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for field in schema.fields:
        if name == unique_index_name(schema.list_id, field.main_column):
            return field
    return None


def reasons(schema: Schema, error: DomainError) -> str:
    """The errors of fields as one text: "Article: This value is already taken."."""
    if not isinstance(error, Invalid):
        return str(error)
    texts = [
        f"{schema[code].name}: {text}" if code in schema.by_code else text
        for code, messages in error.errors.items()
        for text in messages
    ]
    return " ".join(texts)
