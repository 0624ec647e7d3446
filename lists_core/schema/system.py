"""The columns every list has, described as fields so that the grid, filters, sorting and
export treat them like any other. They are never stored in the fields' table."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.models import Field, List
from lists_core.schema.fields import SchemaField

SYSTEM = (
    # code, column, type, label, shown by default
    ("ID", "id", "number", _("ID"), False),
    ("NAME", "name", "string", _("Name"), True),
    ("SECTION", "section", "section", _("Section"), False),
    ("CREATED_BY", "created_by", "employee", _("Created by"), False),
    ("CREATED_AT", "created_at", "datetime", _("Created"), False),
    ("MODIFIED_BY", "modified_by", "employee", _("Modified by"), False),
    ("MODIFIED_AT", "modified_at", "datetime", _("Modified"), False),
)
SYSTEM_CODES = frozenset(row[0] for row in SYSTEM)


def system_fields(list_: List) -> tuple[SchemaField, ...]:
    return tuple(
        SchemaField.of(_system_field(list_, row))
        for row in SYSTEM
        if row[0] != "SECTION" or list_.has_sections
    )


def _system_field(list_: List, row: tuple[str, str, str, str | Promise, bool]) -> Field:
    code, column, type_, label, shown = row
    name = list_.captions.get("name_field") if code == "NAME" else None
    return Field(
        list=list_,
        code=code,
        name=name or label,  # type: ignore[misc]  # lazy: each request has its language
        type=type_,
        column=column,
        required=code == "NAME",
        show_in_list=shown,
        settings={"list": list_.pk} if code == "SECTION" else {"plain": True, "whole": True},
    )
