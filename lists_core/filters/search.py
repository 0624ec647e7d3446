"""The search box of a list: every word somewhere in the element's readable text.

A word may name things that the elements point to. Of few of them the query holds the ids, which
an index of the column finds. Of many, and where they cannot be read in a moment, it asks for each
row whether what it points to has such a name: slower, but nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db.models import Exists, Q

from lists_core.field_types.titled import Titled
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.fence import in_time
from staff.models import Employee

MAX_WORDS = 8
#: So many things are few.
FEW, FEW_MS = 1_000, 1_000
Holds = Callable[[SchemaField, Titled], Q]


def search_q(schema: Schema, text: str, actor: Employee) -> Q:
    """Each word must be found in at least one field."""
    words = text.replace("\x00", "").split()[:MAX_WORDS]
    if not words:
        return Q()
    quick = in_time(lambda: _words_q(schema, words, actor, by_ids), FEW_MS)
    return _words_q(schema, words, actor, by_rows) if quick is None else quick


def _words_q(schema: Schema, words: Sequence[str], actor: Employee, holds: Holds) -> Q:
    found = Q()
    for word in words:
        found &= _word_q(schema, word, actor, holds)
    return found


def _word_q(schema: Schema, word: str, actor: Employee, holds: Holds) -> Q:
    found = Q(pk__in=[])
    for field in schema.all_fields:
        found |= _field_q(field, word, actor, holds)
    return found


def field_q(field: SchemaField, word: str, actor: Employee) -> Q:
    """The word is found in this field."""
    return _field_q(field, word, actor, by_ids)


def _field_q(field: SchemaField, word: str, actor: Employee, holds: Holds) -> Q:
    if field.type.searchable:
        kept = field.type.search_word(word)
        lookup = "any_icontains" if field.multiple else "icontains"
        return Q.create([(f"{field.main_column}__{lookup}", kept)]) if kept else Q(pk__in=[])
    found = _one_of(field, field.type.search_values(field.field, word, actor=actor) or ())
    for things in field.type.search_things(field.field, word, actor=actor):
        found |= holds(field, things)
    return found


def by_ids(field: SchemaField, things: Titled) -> Q:
    """The field points to one of the things; many are not read."""
    rows = things.rows.order_by().annotate(told_key=things.key)
    ids = list(rows.values_list("told_key", flat=True)[: FEW + 1])
    return _one_of(field, ids) if len(ids) <= FEW else by_rows(field, things)


def by_rows(field: SchemaField, things: Titled) -> Q:
    """The same however many they are, as a part of the statement."""
    column = field.main_column
    return Q(Exists(things.pointed_by_any(column) if field.multiple else things.pointed(column)))


def _one_of(field: SchemaField, values: Collection[Any]) -> Q:
    if not values:
        return Q(pk__in=[])
    lookup = "overlap" if field.multiple else "in"
    return Q.create([(f"{field.main_column}__{lookup}", list(values))])
