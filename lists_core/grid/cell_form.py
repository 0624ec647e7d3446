"""The editor of one cell: a form with one value and the version it was made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from lists_core.field_types.base import NO_TITLES
from lists_core.models import ElementVersion
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import titles_of
from staff.models import Employee


class CellForm(forms.Form):
    """`value` is the field's own control."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, field: SchemaField, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="cell-%s", **kwargs)
        self.fields["value"] = field.form_field()


def editor(field: SchemaField, row: Any) -> CellForm:
    """A fresh editor of what stands in the row."""
    return CellForm(field, initial={"value": field.read(row), "version": row.version})


@dataclass(frozen=True)
class Clash:
    """What another person saved meanwhile: who, when, which fields, this field's value now."""

    who: str
    at: Any
    fields: list[str]
    value: str


def clash_of(
    schema: Schema, field: SchemaField, row: Any, *, seen: int, actor: Employee
) -> Clash:
    """What happened to the row since the version that the person has `seen`."""
    missed = ElementVersion.objects.filter(element=row.pk, version__gt=seen)
    versions = list(missed.select_related("actor"))
    value = field.read(row)
    titles = titles_of([(field, value)], actor=actor).get(field.key, NO_TITLES)
    last = versions[0] if versions else None
    return Clash(
        who=str(last.actor) if last and last.actor else "",
        at=last.at if last else row.modified_at,
        fields=_changed(schema, (version.changes for version in reversed(versions))),
        value=field.to_text(value, titles),
    )


def _changed(schema: Schema, changes: Any) -> list[str]:
    keys = dict.fromkeys(key for change in changes for key in change)
    return [schema.by_key[key].name for key in keys if key in schema.by_key]


def resubmitted(field: SchemaField, data: Mapping[str, Any], row: Any) -> CellForm:
    """The editor with what was typed, ready to be saved over the newer version."""
    typed = data.copy()  # type: ignore[attr-defined]
    typed["version"] = str(row.version)
    return CellForm(field, typed)
