"""The form of a bulk edit: the fields a person picked, each with its own control."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from lists_core.field_types.controls import show_to
from lists_core.grid.cells import editable_fields
from lists_core.grid.page import Grid
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from svod.base.errors import Invalid


def bulk_fields(grid: Grid) -> list[SchemaField]:
    """Fields that may get one value in many elements."""
    fields = editable_fields(grid.schema)
    return [f for f in fields if not f.field.unique and not f.type.concealed]


class BulkForm(forms.Form):
    """Controls named by field code; an empty one empties the field."""

    def __init__(
        self, fields: Iterable[SchemaField], *args: Any, actor: Employee, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "bulk-%s", **kwargs})
        for field in fields:
            self.fields[field.code] = field.form_field()
            show_to(self.fields[field.code], actor)

    def add_domain_errors(self, error: Invalid) -> None:
        for code, messages in error.errors.items():
            self.add_error(code if code in self.fields else None, messages)
