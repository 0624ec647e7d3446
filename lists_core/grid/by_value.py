"""From a cell to a filter: "only those with this value"."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from lists_core.filters.operators import EMPTY, PRESENCE, Arity, Operator
from lists_core.filters.tree import Condition, Group, parse_filter
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import Invalid

WANTED = ("eq", "any_of")


def with_value(
    tree: Group, schema: Schema, field: SchemaField, row: Any, *, actor: Employee
) -> Group | None:
    """The tree narrowed to elements with the row's value; None when nothing can ask for it."""
    condition = _condition(schema, field, row, actor)
    if condition is None:
        return None
    if tree.joiner == "and":
        return replace(tree, items=(*tree.items, condition))
    return Group("and", (tree, condition))


def _condition(schema: Schema, field: SchemaField, row: Any, actor: Employee) -> Condition | None:
    value = field.read(row)
    if value is None:
        return _parsed(schema, field, EMPTY.slug, []) if EMPTY.slug in field.operators else None
    for operator in (field.operators[slug] for slug in WANTED if slug in field.operators):
        for text in _texts:
            texts = [text(field, operator, item) for item in field.items(value)]
            one = texts[:1] if operator.arity is Arity.ONE else texts
            if found := _parsed(schema, field, operator.slug, one):
                return found
    return _true_of_row(schema, field, row, actor)


def _as_typed(field: SchemaField, operator: Operator, value: Any) -> str:
    """The value as the operator's own control would send it."""
    control = operator.form_field(field)
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    shown = control.widget.format_value(control.prepare_value(local))
    return str(shown[0] if isinstance(shown, list) and shown else shown)


def _as_stored(field: SchemaField, operator: Operator, value: Any) -> str:
    """The main column's value: the amount of money, the id of a choice."""
    return str(field.type.to_columns(field.field, value)[0])


_texts = (_as_typed, _as_stored)


def _true_of_row(schema: Schema, field: SchemaField, row: Any, actor: Employee) -> Condition | None:
    """A question without arguments that the row answers with yes ("is checked")."""
    for operator in field.operators.values():
        if operator.arity is Arity.NONE and operator not in PRESENCE:
            found = _parsed(schema, field, operator.slug, [])
            own = elements(schema, actor).filter(pk=row.pk)
            if found and own.filter(found.to_q(actor)).exists():
                return found
    return None


def _parsed(
    schema: Schema, field: SchemaField, operator: str, texts: list[str]
) -> Condition | None:
    raw = {"and": [{"field": field.code, "op": operator, "value": texts}]}
    try:
        return next(parse_filter(json.dumps(raw), schema).conditions())
    except Invalid:
        return None
