"""The filter as the panel edits it: every condition with its controls and its own error.

`parse_filter` refuses a tree with one wrong value; the panel must show all the rest again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django import forms
from django.forms import BoundField

from lists_core.field_types.controls import MultipleField
from lists_core.filters.operators import Arity, Operator
from lists_core.filters.tree import Group, parse_filter
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from svod.base.errors import Invalid

PANEL_DEPTH = 3
Raw = dict[str, Any]


@dataclass(frozen=True)
class DraftCondition:
    """A row of the panel; `controls` are one, two (a range) or none."""

    field: SchemaField
    operator: Operator
    controls: list[BoundField]
    error: str = ""

    is_group = False

    @property
    def is_range(self) -> bool:
        return self.operator.arity is Arity.TWO


@dataclass(frozen=True)
class DraftGroup:
    joiner: str
    items: list[DraftCondition | DraftGroup]
    depth: int = 1

    is_group = True

    @property
    def may_nest(self) -> bool:
        return self.depth < PANEL_DEPTH


def filterable(schema: Schema) -> list[SchemaField]:
    return [field for field in schema.all_fields if field.operators]


def draft_filter(text: str, schema: Schema) -> DraftGroup:
    """What can be shown of a filter, however wrong: unknown fields are left out."""
    try:
        raw = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        raw = {}
    return _group(raw, schema, count(), depth=1)


def draft_condition(
    schema: Schema, code: str, operator: str, texts: Sequence[str], *, number: int
) -> DraftCondition | None:
    """A row for a field of the list (the first one when the code is empty), None without any.

    `texts` that do not suit the operator's control stay out of it.
    """
    field = schema.get(code) if code else next(iter(filterable(schema)), None)
    if field is None or not field.operators:
        return None
    asked = field.operators.get(operator) or next(iter(field.operators.values()))
    return DraftCondition(field, asked, _controls(field, asked, texts, number))


def checked(text: str, schema: Schema) -> Group | None:
    """The tree when everything in it fits."""
    try:
        return parse_filter(text, schema)
    except Invalid:
        return None


def _group(raw: Any, schema: Schema, numbers: Iterator[int], *, depth: int) -> DraftGroup:
    joiner = "or" if isinstance(raw, dict) and "or" in raw else "and"
    items = raw.get(joiner) if isinstance(raw, dict) else None
    drafts = [_item(item, schema, numbers, depth=depth) for item in _dicts(items)]
    return DraftGroup(joiner, [draft for draft in drafts if draft], depth)


def _item(
    raw: Raw, schema: Schema, numbers: Iterator[int], *, depth: int
) -> DraftCondition | DraftGroup | None:
    if "field" in raw:
        return _condition(raw, schema, next(numbers))
    return _group(raw, schema, numbers, depth=depth + 1) if depth < MAX_SHOWN else None


#: Deeper than the panel makes them, for addresses written by hand.
MAX_SHOWN = 5


def _condition(raw: Raw, schema: Schema, number: int) -> DraftCondition | None:
    value = raw.get("value", [])
    texts = [str(item) for item in (value if isinstance(value, list) else [value])]
    draft = draft_condition(schema, str(raw["field"]), str(raw.get("op")), texts, number=number)
    if draft is None:
        return None
    return DraftCondition(draft.field, draft.operator, draft.controls, _error(raw, schema))


def _error(raw: Raw, schema: Schema) -> str:
    try:
        parse_filter(json.dumps({"and": [raw]}), schema)
    except Invalid as error:
        return str(error)
    return ""


def _controls(
    field: SchemaField, operator: Operator, texts: Sequence[str], number: int
) -> list[BoundField]:
    arity = operator.arity
    if arity is Arity.NONE:
        return []
    wanted = 2 if arity is Arity.TWO else 1
    form = forms.Form(auto_id=f"cond-{number}-%s")
    for place in range(wanted):
        control = _many(field, operator) if arity is Arity.MANY else operator.form_field(field)
        control.required = False
        form.fields[f"v{place}"] = control
    form.initial = {"v0": list(texts)} if arity is Arity.MANY else {
        f"v{place}": text for place, text in enumerate(texts[:wanted])
    }
    return [form[name] for name in form.fields]


def _many(field: SchemaField, operator: Operator) -> forms.Field:
    """The control for many arguments: the type's own, else the ordinary one repeated."""
    if operator.control is None:
        own = field.type.multiple_form_field(field.field, required=False)
        if own is not None:
            return own
    return MultipleField(operator.form_field(field), required=False)


def _dicts(items: Any) -> list[Raw]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
