"""What a lane asks for before it takes a card, and the name of a card added at its top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from lists_core.field_types.controls import show_to
from lists_core.grid.bulk_form import BulkForm
from lists_core.grid.cells import is_editable
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from svod.base.errors import Invalid

MOST_ASKED = 30


class AskedForm(BulkForm):
    """Controls of the fields that the lane asks for, required, filled with what stands there."""

    def __init__(
        self, fields: Sequence[SchemaField], *args: Any, actor: Employee, **kwargs: Any
    ) -> None:
        super().__init__([], *args, actor=actor, **{"auto_id": "ask-%s", **kwargs})
        for field in fields:
            self.fields[field.code] = field.form_field(required=True)
            show_to(self.fields[field.code], actor)


def askable(schema: Schema, error: Invalid) -> list[SchemaField]:
    """The fields to ask for when a move was refused: none unless the person can fill them all."""
    fields = [schema.get(code) for code in error.errors]
    known = [field for field in fields if field is not None and can_fill(schema, field)]
    return known if len(known) == len(fields) else []


def can_fill(schema: Schema, field: SchemaField) -> bool:
    return field in schema.editable and is_editable(field, schema)


def asked_fields(schema: Schema, codes: str) -> list[SchemaField]:
    """Those that an address names: what a person may fill here, whatever it names."""
    found = [schema.get(code) for code in dict.fromkeys(codes.split(",")[:MOST_ASKED])]
    return [field for field in found if field is not None and can_fill(schema, field)]


class NewCard(forms.Form):
    name = forms.CharField(max_length=1000)
