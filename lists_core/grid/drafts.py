"""The filter as the panel edits it: every condition with its controls and its own error.

`parse_filter` refuses a tree with one wrong value; the panel must show all the rest again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import pgettext

from lists_core.field_types.controls import MultipleField, show_to
from lists_core.filters.operators import Arity, Operator
from lists_core.filters.tree import MAX_DEPTH, Group, parse_filter
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee
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
    """What a condition may be about: what people fill comes first, the program's own after it."""
    own = set(schema.editable)
    others = [field for field in schema.all_fields if field not in own]
    return [field for field in (*schema.editable, *others) if field.operators]


def checked(text: str, schema: Schema) -> Group | None:
    """The tree when everything in it fits."""
    try:
        return parse_filter(text, schema)
    except Invalid:
        return None


class Drafter:
    """Draws the panel's rows of one list for one person."""

    def __init__(self, schema: Schema, actor: Employee) -> None:
        self.schema, self.actor = schema, actor
        self.numbers = count()

    def filter(self, text: str) -> DraftGroup:
        """What can be shown of a filter, however wrong: unknown fields are left out."""
        try:
            raw = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError):
            raw = {}
        return self._group(raw, depth=1)

    def condition(
        self, code: str, operator: str, texts: Sequence[str], *, number: int, error: str = ""
    ) -> DraftCondition | None:
        """A row for a field of the list (the first one when the code is empty), None without any.

        An operator that the field does not have gives way to its first one.
        """
        field = self.schema.get(code) if code else next(iter(filterable(self.schema)), None)
        if field is None or not field.operators:
            return None
        asked = field.operators.get(operator) or next(iter(field.operators.values()))
        return DraftCondition(field, asked, self._controls(field, asked, texts, number), error)

    def _group(self, raw: Any, *, depth: int) -> DraftGroup:
        joiner = "or" if isinstance(raw, dict) and "or" in raw else "and"
        items = raw.get(joiner) if isinstance(raw, dict) else None
        drafts = [self._item(item, depth=depth) for item in _dicts(items)]
        return DraftGroup(joiner, [draft for draft in drafts if draft], depth)

    def _item(self, raw: Raw, *, depth: int) -> DraftCondition | DraftGroup | None:
        if "field" not in raw:
            return self._group(raw, depth=depth + 1) if depth < MAX_DEPTH else None
        value = raw.get("value", [])
        texts = [str(item) for item in (value if isinstance(value, list) else [value])]
        code, operator = str(raw["field"]), str(raw.get("op"))
        error = _error(raw, self.schema)
        return self.condition(code, operator, texts, number=next(self.numbers), error=error)

    def _controls(
        self, field: SchemaField, operator: Operator, texts: Sequence[str], number: int
    ) -> list[BoundField]:
        arity = operator.arity
        if arity is Arity.NONE:
            return []
        form = forms.Form(auto_id=f"cond-{number}-%s", initial=_initial(arity, texts))
        for place in range(2 if arity is Arity.TWO else 1):
            control = _many(field, operator) if arity is Arity.MANY else operator.form_field(field)
            control.required = False
            control.widget.attrs["aria-label"] = _label(field, arity, place)
            show_to(control, self.actor)
            form.fields[f"v{place}"] = control
        return [form[name] for name in form.fields]


def _label(field: SchemaField, arity: Arity, place: int) -> str:
    """What a control is called for those who do not see where it stands."""
    if arity is not Arity.TWO:
        return field.name
    end = pgettext("range", "to") if place else pgettext("range", "from")
    return f"{field.name}: {end}"


def _initial(arity: Arity, texts: Sequence[str]) -> dict[str, Any]:
    if arity is Arity.MANY:
        return {"v0": list(texts)}
    return {f"v{place}": text for place, text in enumerate(texts[:2])}


def _error(raw: Raw, schema: Schema) -> str:
    try:
        parse_filter(json.dumps({"and": [raw]}), schema)
    except Invalid as error:
        return str(error)
    return ""


class SearchedChoices(forms.SelectMultiple):
    """All choices in one searchable control."""

    template_name = "components/widgets/select.html"


def _many(field: SchemaField, operator: Operator) -> forms.Field:
    """The control for many arguments: the type's own, else the ordinary one repeated."""
    if operator.control is None:
        own = field.type.multiple_form_field(field.field, required=False)
        if own is not None:
            return own
    one = operator.form_field(field)
    if isinstance(one, forms.ChoiceField):
        widget = SearchedChoices
        return forms.MultipleChoiceField(choices=one.choices, required=False, widget=widget)
    return MultipleField(one, required=False)


def _dicts(items: Any) -> list[Raw]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
