"""The filter of a page: a tree of conditions, from the URL to a checked form and to a Q.

In the URL it is JSON: a condition is `{"field": "PRICE", "op": "between", "value": ["1", "5"]}`
and a group `{"and": [...]}` or `{"or": [...]}`. Values are texts as the controls send them
(dates ISO, numbers with a point), so a link means the same in every language. Fields and
operators are looked up in the list's schema; nothing of the user's text becomes SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.filters.operators import Arity, Asked, Operator
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from svod.base.errors import Invalid

MAX_DEPTH = 5
MAX_CONDITIONS = 50


@dataclass(frozen=True)
class Condition:
    """A checked condition; `raw` keeps the texts for the form and the link."""

    field: SchemaField
    operator: Operator
    args: tuple[Any, ...]
    raw: tuple[str, ...]

    def to_q(self, actor: Employee) -> Q:
        asked = Asked(self.field, self.args, actor, timezone.localtime())
        return self.operator.build(asked)

    def to_json(self) -> dict[str, Any]:
        return {"field": self.field.code, "op": self.operator.slug, "value": list(self.raw)}


@dataclass(frozen=True)
class Group:
    """Conditions and groups joined by one word. A group without any says nothing: inside another
    it is left out, where "or" would else find everything, and alone it lets everything through."""

    joiner: Literal["and", "or"] = "and"
    items: tuple[Condition | Group, ...] = ()

    def to_q(self, actor: Employee) -> Q:
        joined = Q()
        for item in self.items:
            part = item.to_q(actor)
            joined = joined & part if self.joiner == "and" else joined | part
        return joined

    def to_json(self) -> dict[str, Any]:
        return {self.joiner: [item.to_json() for item in self.items]}

    def conditions(self) -> Iterator[Condition]:
        for item in self.items:
            if isinstance(item, Group):
                yield from item.conditions()
            else:
                yield item


def parse_filter(text: str, schema: Schema) -> Group:
    """The checked tree of the `filter` parameter; raise Invalid with a message for people."""
    if not text.strip():
        return Group()
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise _invalid(_("The filter in the address is damaged.")) from None
    group = _group(raw, schema, depth=1)
    if sum(1 for _condition in group.conditions()) > MAX_CONDITIONS:
        message = _("The filter has more than %(count)d conditions.")
        raise _invalid(message % {"count": MAX_CONDITIONS})
    return group


def _group(raw: Any, schema: Schema, *, depth: int) -> Group:
    if depth > MAX_DEPTH:
        raise _invalid(_("The filter's groups are nested too deep."))
    joiners = set(raw) & {"and", "or"} if isinstance(raw, dict) else set()
    if len(joiners) != 1:
        raise _invalid(_("The filter in the address is damaged."))
    joiner: Literal["and", "or"] = "and" if "and" in joiners else "or"
    items = raw[joiner]
    if not isinstance(items, list):
        raise _invalid(_("The filter in the address is damaged."))
    return Group(joiner, tuple(_item(item, schema, depth=depth) for item in items))


def _item(raw: Any, schema: Schema, *, depth: int) -> Condition | Group:
    if isinstance(raw, dict) and "field" in raw:
        return _condition(raw, schema)
    return _group(raw, schema, depth=depth + 1)


def _condition(raw: dict[str, Any], schema: Schema) -> Condition:
    field = schema.get(str(raw["field"]))
    if field is None:
        raise _invalid(_("The filter names a field that this list does not have."))
    operator = field.operators.get(str(raw.get("op")))
    if operator is None:
        raise _invalid(_("“%(field)s” cannot be filtered this way.") % {"field": field.name})
    value = raw.get("value", [])
    texts = tuple(str(item) for item in (value if isinstance(value, list) else [value]))
    try:
        return Condition(field, operator, _arguments(field, operator, texts), texts)
    except ValidationError as error:
        raise _invalid(f"{field.name}: {' '.join(error.messages)}") from None


def _arguments(field: SchemaField, operator: Operator, texts: tuple[str, ...]) -> tuple[Any, ...]:
    control = operator.form_field(field)
    if operator.arity is Arity.NONE:
        return ()
    if operator.arity is Arity.TWO:
        return _range(control, texts)
    values = tuple(control.clean(text) for text in texts if text.strip())
    if not values or (operator.arity is Arity.ONE and len(values) > 1):
        raise ValidationError(_("Enter a value."))
    return values


def _range(control: Any, texts: tuple[str, ...]) -> tuple[Any, Any]:
    low, high = (*texts, "", "")[:2]
    if not (low.strip() or high.strip()):
        raise ValidationError(_("Enter at least one end of the range."))
    control.required = False
    return control.clean(low), control.clean(high)


def _invalid(message: str) -> Invalid:
    return Invalid({"filter": [message]}, message)
