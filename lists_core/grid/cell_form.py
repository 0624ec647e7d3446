"""The editor of one cell: a form with one value and the version it was made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from lists_core.field_types.base import NO_TITLES
from lists_core.field_types.controls import fit_to, show_to
from lists_core.new_values import offer_new
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.history import others_since
from lists_core.selectors.titles import titles_of
from staff.models import Employee


class CellForm(forms.Form):
    """`value` is the field's own control."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, field: SchemaField, *args: Any, actor: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "cell-%s", **kwargs})
        self.fields["value"] = field.form_field()
        self.fields["value"].widget.attrs["aria-label"] = field.name
        show_to(self.fields["value"], actor)
        offer_new(self.fields["value"], field, actor)


def editor(field: SchemaField, row: Any, *, actor: Employee) -> CellForm:
    """A fresh editor of what stands in the row."""
    initial = {"value": field.read(row), "version": row.version}
    form = CellForm(field, initial=initial, actor=actor)
    fit_to(form.fields["value"], row)
    return form


@dataclass(frozen=True)
class Clash:
    """What another person saved meanwhile: who, when, which fields, this field's value now."""

    who: str
    at: Any
    fields: list[str]
    value: str


def clash_of(schema: Schema, field: SchemaField, row: Any, *, seen: int, actor: Employee) -> Clash:
    """What happened to the row since the version that the person has `seen`."""
    others = others_since(schema, row.pk, seen)
    last = others.get(field.key) or others.get("")
    value = field.read(row)
    titles = titles_of([(field, value)], actor=actor).get(field.key, NO_TITLES)
    return Clash(
        who=str(last.by) if last and last.by else "",
        at=last.at if last else row.modified_at,
        fields=[schema.by_key[key].name for key in others if key in schema.by_key],
        value=field.to_text(value, titles),
    )


def resubmitted(field: SchemaField, data: QueryDict, row: Any, *, actor: Employee) -> CellForm:
    """The editor with what was typed, ready to be saved over the newer version."""
    typed = data.copy()
    typed["version"] = str(row.version)
    return CellForm(field, typed, actor=actor)
