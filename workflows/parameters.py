"""What a process (or a questionnaire) asks for: declared values of the kinds that fields have.

A declaration is

    {"code": "reason", "label": "Reason", "kind": "string", "hint": "", "required": true,
     "multiple": false, "default": null, "settings": {}, "options": ["Plan", "Urgent"]}

`kind` is the slug of a field type and `settings` are that type's own ({"list": 5} for a link).
`options` belong to the kind `list`, whose values here are the texts of the options themselves.
`default` is in the JSON form of the value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.field_types.base import FieldType, field_types
from lists_core.models import Field
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import titles_of
from staff.models import Employee
from svod.base.errors import Invalid
from workflows.elements import natural
from workflows.values import kept

Declared = Mapping[str, Any]


class TextChoice(FieldType):
    """One of texts that the designer wrote down; such a field has no rows of options."""

    slug = "list"
    label = gettext_lazy("List")
    icon = "list-check"

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        choices = [("", "—"), *self._choices(field)]
        return forms.TypedChoiceField(required=required, choices=choices, empty_value=None)

    def multiple_form_field(self, field: Field, *, required: bool) -> forms.Field:
        return forms.MultipleChoiceField(required=required, choices=self._choices(field))

    def clean(self, field: Field, value: Any) -> str:
        if str(value) not in dict(self._choices(field)):
            raise ValidationError(_("Choose one of the options."))
        return str(value)

    def _choices(self, field: Field) -> list[tuple[str, str]]:
        return [(str(one), str(one)) for one in field.settings.get("options", [])]


TEXT_CHOICE = TextChoice()


def kinds() -> list[FieldType]:
    """What may be asked for, as the designer offers it: no secrets, nothing that counts itself."""
    usable = [one for one in field_types if one.offered and not (one.concealed or one.automatic)]
    return [TEXT_CHOICE if one.slug == TEXT_CHOICE.slug else one for one in usable]


def declared_field(raw: Declared) -> SchemaField:
    """A declaration as a field without a list. Raises Invalid for a kind that there is not."""
    known = {one.slug: one for one in kinds()}
    kind, code = str(raw.get("kind") or "string"), str(raw.get("code", ""))
    if kind not in known:
        raise Invalid({code: [_("There is no such kind of values.")]})
    settings = {**(raw.get("settings") or {})}
    if raw.get("options"):
        settings["options"] = list(raw["options"])
    field = Field(
        code=code,
        name=str(raw.get("label") or code),
        hint=str(raw.get("hint") or ""),
        type=kind,
        column=code,
        required=bool(raw.get("required")),
        multiple=bool(raw.get("multiple")) and known[kind].multiple_allowed,
        default=raw.get("default"),
        settings=settings,
    )
    return SchemaField(field, known[kind])


def declared_fields(declared: Sequence[Declared]) -> dict[str, SchemaField]:
    return {str(one.get("code")): declared_field(one) for one in declared}


def defaults(declared: Sequence[Declared]) -> dict[str, Any]:
    """The values that stand where nobody was asked; a default that no longer fits is none."""
    values = {code: field.default() for code, field in declared_fields(declared).items()}
    return {code: kept(value) for code, value in values.items() if value is not None}


def read_values(
    declared: Sequence[Declared], given: Mapping[str, Any], *, actor: Employee
) -> dict[str, Any]:
    """The given values checked and converted, with defaults for those that are missing.

    Values may be natural ones, JSON or texts. What refers to things has to be visible to the
    actor. Raises Invalid with errors by code, also for what was not declared.
    """
    fields = declared_fields(declared)
    errors = {code: [_("There is no such parameter.")] for code in given if code not in fields}
    values: dict[SchemaField, Any] = {}
    for code, field in fields.items():
        raw = given[code] if code in given else field.default()
        try:
            values[field] = _read(field, raw, actor)
        except ValidationError as error:
            errors[code] = list(error.messages)
    errors |= _missing(values, actor)
    if errors:
        raise Invalid(errors)
    return {field.code: kept(value) for field, value in values.items() if value is not None}


def _read(field: SchemaField, raw: Any, actor: Employee) -> Any:
    value = natural(field, _plain(raw), actor=actor)
    if value is None and field.field.required:
        raise ValidationError(_("This field is required."))
    return value


def _plain(raw: Any) -> Any:
    return list(raw) if isinstance(raw, tuple | set | frozenset) else raw


def _missing(values: Mapping[SchemaField, Any], actor: Employee) -> dict[str, list[str]]:
    """What a person refers to and does not see, files among them. One query a kind of thing."""
    pairs = [(field, value) for field, value in values.items() if field.type.reference and value]
    titles = titles_of(pairs, actor=actor)
    told = [_("Choose from the list: this is not available.")]
    return {
        field.code: told
        for field, value in pairs
        if any(item not in titles[field.key] for item in field.items(value))
    }
