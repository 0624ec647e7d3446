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
from lists_core.selectors.history import natural, others_since
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

    def take_focus(self) -> None:
        """The first wrong control, or the first of all, begins."""
        codes = [code for code in self.codes if code in self.fields]
        wrong = [code for code in codes if self.is_bound and code in self.errors]
        for code in [*wrong, *codes][:1]:
            self.fields[code].widget.attrs["autofocus"] = True

    def _is_shown(self, field: SchemaField) -> bool:
        return field.code in self.codes

    def _is_readonly(self, field: SchemaField) -> bool:
        hidden = not field.field.show_in_edit
        return field.code in self.fixed_codes or hidden or super()._is_readonly(field)


@dataclass(frozen=True)
class Theirs:
    """What another person wrote meanwhile to a field that this form, or a rule with it, changes."""

    name: str
    html: SafeString
    by: Employee | None
    at: datetime


class Clashed(Exception):
    """Others changed the same fields first; `row` is what stands there now. Without `theirs` it
    was a field that the person does not see, or nobody knows any more what it was."""

    def __init__(self, row: Any, theirs: list[Theirs]) -> None:
        super().__init__("changed meanwhile")
        self.row = row
        self.theirs = theirs


def save_part(target: Target, form: CardForm, more: dict[str, Any] | None = None) -> Any:
    """Write the form's values, and `more`; returns the row. What others wrote meanwhile to other
    fields, and to those that the person left alone, stays.

    Raises Clashed, Invalid (its errors are in the form), Forbidden, NotFound.
    """
    values = {**form.values, **(more or {})}
    version = form.cleaned_data["version"] or target.row.version
    try:
        return _write(target, values, version)
    except Invalid as error:
        form.add_domain_errors(error)
        raise


def _write(target: Target, values: dict[str, Any], version: int) -> Any:
    try:
        return update_element(
            target.list.pk, target.id, values, version=version, actor=target.actor
        )
    except Changed as error:
        schema = schema_for(target.actor, target.list, error.row)
        now = Target(target.actor, target.list, schema, error.row)
        settled = _settled(now, values, version)
        if not error.keys or error.keys - settled.keys():
            theirs = theirs_since(now, values, version, error.keys - settled.keys())
            raise Clashed(error.row, theirs) from error
        return _write(target, _without(values, settled.values()), version)


def _settled(now: Target, values: dict[str, Any], version: int) -> dict[str, str]:
    """Key → code of the values that need not be written: they stand there already, or are what
    the person began with and others changed."""
    changes = others_since(now.schema, now.id, version)
    fields = [now.schema[code] for code in values if code in now.schema.by_code]
    return {
        field.key: field.code
        for field in fields
        if (mine := _natural(field, values[field.code])) == field.read(now.row)
        or (field.key in changes and mine == natural(field, changes[field.key].old))
    }


def _without(values: dict[str, Any], codes: Collection[str]) -> dict[str, Any]:
    return {code: value for code, value in values.items() if code not in codes}


def theirs_since(
    now: Target, values: dict[str, Any], version: int, keys: Collection[str]
) -> list[Theirs]:
    """What others wrote after `version` to the fields of the keys, as far as the person sees it,
    unless it is what `values` would write."""
    changes = others_since(now.schema, now.id, version)
    seen = [field for key in sorted(keys) if (field := now.schema.by_key.get(key))]
    met = [field for field in seen if field.key in changes and not _agrees(now, field, values)]
    titles = titles_of([(field, field.read(now.row)) for field in met], actor=now.actor)
    return [
        Theirs(
            field.name,
            field.render(field.read(now.row), titles.get(field.key, {})),
            changes[field.key].by,
            changes[field.key].at,
        )
        for field in met
    ]


def _agrees(now: Target, field: SchemaField, values: dict[str, Any]) -> bool:
    code = field.code
    return code in values and _natural(field, values[code]) == field.read(now.row)


def _natural(field: SchemaField, value: Any) -> Any:
    try:
        return field.clean(value)
    except ValidationError:
        return value
