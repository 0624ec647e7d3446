"""Which fields the history keeps, and which of them a person may bring back."""

from __future__ import annotations

from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField


def recorded(schema: Schema) -> list[SchemaField]:
    """The fields whose values the history keeps."""
    section = schema.get("SECTION")
    return [*schema.editable, *([section] if section else [])]


def restorable(schema: Schema) -> list[SchemaField]:
    """Those of them to which the schema's person may bring a former value back by themselves:
    secrets are not in the history, numbers are the program's, and some fields are fixed."""
    section = schema.get("SECTION")
    own = [field for field in schema.changeable if not _is_fixed(field)]
    return [*own, *([section] if section else [])]


def _is_fixed(field: SchemaField) -> bool:
    return field.type.concealed or field.type.automatic or field.field.readonly_in_edit
