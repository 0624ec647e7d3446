"""Writing what customers send by themselves: forms, calls, chats. It is never lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import override

from crm_link.services.duplicate_rules import duplicates_pass
from lists_core.field_types.options import live_options
from lists_core.schema.compile import Schema
from lists_core.services.references import available
from lists_core.services.values import clean_value, incomplete
from staff.models import Employee

#: As much of a name as is kept, however long those of a form and of a customer are together.
LONGEST_NAME = 200


@contextmanager
def from_customers() -> Iterator[None]:
    """A write meanwhile may be a duplicate, and lack what lists and stages ask employees for."""
    with duplicates_pass(), incomplete():
        yield


def fitting(schema: Schema, values: Mapping[str, Any], *, actor: Employee) -> dict[str, Any]:
    """Those of the values which the program adds that the actor's fields take today: an option,
    a stage, a limit, an item may have gone since somebody chose them."""
    open_ = {one.code for one in schema.changeable}
    kept = {
        schema[code]: value
        for code, value in values.items()
        if code in open_ and value and _fits(schema, code, value)
    }
    there = available(kept, actor=actor).items()
    return {field.code: value for field, value in there if value}


def _fits(schema: Schema, code: str, value: Any) -> bool:
    try:
        clean_value(schema[code], value, lenient=True)
    except ValidationError:
        return False
    return True


def source_named(schema: Schema, name: Promise) -> int | None:
    """The source that the lists were made with, in whichever language; None when it is gone."""
    field = schema.get("SOURCE")
    names = _in_all_languages(name)
    options = live_options(field.field) if field else []
    return next((one.pk for one in options if one.name.strip().casefold() in names), None)


def _in_all_languages(name: Promise) -> Collection[str]:
    found = set()
    for code, _label in settings.LANGUAGES:
        with override(code):
            found.add(str(name).casefold())
    return found
