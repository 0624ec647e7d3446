"""The search box of a list: every word somewhere in the element's readable text."""

from __future__ import annotations

from django.db.models import Q

from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee

MAX_WORDS = 8


def search_q(schema: Schema, text: str, actor: Employee) -> Q:
    """Each word must be found in at least one field."""
    words = text.replace("\x00", "").split()[:MAX_WORDS]
    found = Q()
    for word in words:
        found &= _word_q(schema, word, actor)
    return found


def _word_q(schema: Schema, word: str, actor: Employee) -> Q:
    found = Q(pk__in=[])
    for field in schema.all_fields:
        found |= field_q(field, word, actor)
    return found


def field_q(field: SchemaField, word: str, actor: Employee) -> Q:
    if field.type.searchable:
        kept = field.type.search_word(word)
        lookup = "any_icontains" if field.multiple else "icontains"
        return Q.create([(f"{field.main_column}__{lookup}", kept)]) if kept else Q(pk__in=[])
    values = field.type.search_values(field.field, word, actor=actor)
    if not values:
        return Q(pk__in=[])
    lookup = "overlap" if field.multiple else "in"
    return Q.create([(f"{field.main_column}__{lookup}", list(values))])
