"""From a cell to a filter: "only those with this value"."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from lists_core.filters.operators import EMPTY, Arity, Operator
from lists_core.filters.tree import Condition, Group, parse_filter
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from svod.base.errors import Invalid

WANTED = ("eq", "any_of")


def with_value(tree: Group, schema: Schema, field: SchemaField, value: Any) -> Group | None:
    """The tree narrowed to elements with this value; None when the field has no such question."""
    condition = _condition(schema, field, value)
    if condition is None:
        return None
    if tree.joiner == "and":
        return replace(tree, items=(*tree.items, condition))
    return Group("and", (tree, condition))


def _condition(schema: Schema, field: SchemaField, value: Any) -> Condition | None:
    if value is None:
        return _parsed(schema, field, EMPTY.slug, []) if EMPTY.slug in field.operators else None
    for operator in _operators(field):
        texts = [_text(field, operator, item) for item in field.items(value)]
        one = texts[:1] if operator.arity is Arity.ONE else texts
        if found := _parsed(schema, field, operator.slug, one):
            return found
    return None


def _operators(field: SchemaField) -> Iterator[Operator]:
    return (field.operators[slug] for slug in WANTED if slug in field.operators)


def _text(field: SchemaField, operator: Operator, value: Any) -> str:
    """The value as the operator's own control would send it."""
    control = operator.form_field(field)
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    shown = control.widget.format_value(control.prepare_value(local))
    return str(shown[0] if isinstance(shown, list) and shown else shown)


def _parsed(
    schema: Schema, field: SchemaField, operator: str, texts: list[str]
) -> Condition | None:
    raw = {"and": [{"field": field.code, "op": operator, "value": texts}]}
    try:
        return next(parse_filter(json.dumps(raw), schema).conditions())
    except Invalid:
        return None
