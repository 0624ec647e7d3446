"""Editing a part of an item in place: some of its fields, with the version they were read at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from lists_core.access import schema_for
from lists_core.element_tabs import Target
from lists_core.forms import SECTION, ElementForm
from lists_core.schema.fields import SchemaField
from lists_core.selectors.history import others_since
from lists_core.selectors.titles import titles_of
from lists_core.services.elements import Changed, update_element
from staff.models import Employee
from svod.base.errors import Invalid


class CardForm(ElementForm):
    """The controls of some fields, in their order; those of `fixed` are shown only."""

    def __init__(
        self, target: Target, codes: Collection[str], data: Any = None, *,
        fixed: Collection[str] = (), version: int | None = None,
    ) -> None:  # fmt: skip
        self.codes = list(codes)
        self.fixed_codes = frozenset(fixed)
        self.target = target
        fields = [target.schema[code] for code in self.codes]
        super().__init__(
            data,
            list_=target.list,
            schema=target.schema,
            actor=target.actor,
            mode="edit",
            values={field.code: field.read(target.row) for field in fields},
            version=version or target.row.version,
        )
        self.fields.pop(SECTION, None)
        order = {code: place for place, code in enumerate(self.codes)}
        self.shown.sort(key=lambda field: order[field.code])

    def _is_shown(self, field: SchemaField) -> bool:
        return field.code in self.codes

    def _is_readonly(self, field: SchemaField) -> bool:
        hidden = not field.field.show_in_edit
        return field.code in self.fixed_codes or hidden or super()._is_readonly(field)


@dataclass(frozen=True)
class Theirs:
    """What another person wrote meanwhile to a field that this form changes, too."""

    name: str
    html: SafeString
    by: Employee | None
    at: datetime


class Clashed(Exception):
    """Others changed the same fields first; `row` is what stands there now."""

    def __init__(self, row: Any, theirs: list[Theirs]) -> None:
        super().__init__("changed meanwhile")
        self.row = row
        self.theirs = theirs


def save_part(target: Target, form: CardForm, more: dict[str, Any] | None = None) -> Any:
    """Write the form's values, and `more`; returns the row. What others wrote to other fields
    meanwhile stays. Raises Clashed, Invalid (its errors are in the form), Forbidden, NotFound.
    """
    values = {**form.values, **(more or {})}
    version = form.cleaned_data["version"] or 0
    try:
        return _write(target, values, version)
    except Changed as error:
        theirs = _theirs(target, form, version, error.row)
        if theirs or version >= error.row.version:
            raise Clashed(error.row, theirs) from error
        form.cleaned_data["version"] = error.row.version
        return save_part(target, form, more)
    except Invalid as error:
        form.add_domain_errors(error)
        raise


def _write(target: Target, values: dict[str, Any], version: int) -> Any:
    return update_element(target.list.pk, target.id, values, version=version, actor=target.actor)


def _theirs(target: Target, form: CardForm, version: int, row: Any) -> list[Theirs]:
    schema = schema_for(target.actor, target.list, row)
    changes = others_since(target.id, version)
    mine = {schema[code]: value for code, value in form.values.items() if code in schema.by_code}
    touched = [
        (field, changes[field.key])
        for field, value in mine.items()
        if field.key in changes and _natural(field, value) != field.read(row)
    ]
    titles = titles_of([(field, field.read(row)) for field, _one in touched], actor=target.actor)
    return [
        Theirs(field.name, field.render(field.read(row), titles.get(field.key, {})), one.by, one.at)
        for field, one in touched
    ]


def _natural(field: SchemaField, value: Any) -> Any:
    try:
        return field.clean(value)
    except ValidationError:
        return value
