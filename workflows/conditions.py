"""Conditions of processes: rows of *value – operator – value*, joined by and/or.

A group is `{"and": […]}` or `{"or": […]}` as in list filters. A row is
`{"left": "{{Variable.total}}", "op": "gt", "right": "100"}`, or a row of a list filter
`{"field": "PRICE", "op": "gt", "value": ["100"]}`, which is asked of the instance's subject by
the very operators that the grid's filter has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from workflows.values import Scope, resolve

Operation = Callable[[Any, Any], bool]


def holds(when: Any, scope: Scope) -> bool:
    """Whether the condition is met; an empty one always is."""
    if not when:
        return True
    if "and" in when:
        return all(holds(row, scope) for row in when["and"])
    if "or" in when:
        return any(holds(row, scope) for row in when["or"])
    if "field" in when:
        return bool(scope.matches(when))
    left, right = resolve(when.get("left"), scope), resolve(when.get("right"), scope)
    return OPERATORS[when["op"]](left, right)


def is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, list | Mapping) and not value)


def same_kind(left: Any, right: Any) -> tuple[Any, Any]:
    """Both values as one kind: texts from the designer become what the other side is."""
    if isinstance(left, Money) and not isinstance(right, Money):
        left = left.amount
    if isinstance(right, Money) and not isinstance(left, Money):
        right = right.amount
    if isinstance(right, str) and not isinstance(left, str):
        return left, _like(left, right)
    if isinstance(left, str) and not isinstance(right, str):
        return _like(right, left), right
    if isinstance(left, datetime) != isinstance(right, datetime):
        left = left.date() if isinstance(left, datetime) else left
        right = right.date() if isinstance(right, datetime) else right
    return left, right


def _like(model: Any, text: str) -> Any:
    """The text as a value of the model's kind; None when it is none."""
    try:
        if isinstance(model, bool):
            return text.lower() in {"true", "1", "y", "yes", "да"}
        if isinstance(model, datetime):
            return parse_datetime(text)
        if isinstance(model, date):
            return parse_date(text)
        if isinstance(model, int | float | Decimal):
            return Decimal(text.replace(" ", "").replace(",", "."))
    except (ValueError, InvalidOperation):
        return None
    return text


def _equal(left: Any, right: Any) -> bool:
    left, right = same_kind(left, right)
    return bool(left == right)


def _ordered(compare: Operation) -> Operation:
    def check(left: Any, right: Any) -> bool:
        left, right = same_kind(left, right)
        try:
            return left is not None and right is not None and bool(compare(left, right))
        except TypeError:
            return False

    return check


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, list):
        return any(_equal(item, right) for item in left)
    return bool(right) and str(right).casefold() in str(left or "").casefold()


def _one_of(left: Any, right: Any) -> bool:
    return any(_equal(left, item) for item in (right if isinstance(right, list) else [right]))


OPERATORS: dict[str, Operation] = {
    "eq": _equal,
    "ne": lambda left, right: not _equal(left, right),
    "gt": _ordered(lambda left, right: left > right),
    "ge": _ordered(lambda left, right: left >= right),
    "lt": _ordered(lambda left, right: left < right),
    "le": _ordered(lambda left, right: left <= right),
    "contains": _contains,
    "in": _one_of,
    "empty": lambda left, _right: is_empty(left),
    "filled": lambda left, _right: not is_empty(left),
}
LABELS = {
    "eq": _("is equal to"),
    "ne": _("is not equal to"),
    "gt": _("is greater than"),
    "ge": _("is not less than"),
    "lt": _("is less than"),
    "le": _("is not greater than"),
    "contains": _("contains"),
    "in": _("is one of"),
    "empty": _("is empty"),
    "filled": _("is filled in"),
}
