"""What the signs do: numbers, money, dates and lengths of time, texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from django.utils.translation import gettext as _
from moneyed import Money

from workflows.conditions import OPERATORS
from workflows.formulas.calendar_math import shifted
from workflows.formulas.errors import FormulaError
from workflows.formulas.kinds import MATH, Span, limited, moment, number, text

Operation = Callable[[Any, Any], Any]
DAY_SECONDS = 86_400


def calculated(operate: Callable[[], Decimal]) -> Decimal:
    """The result of decimal arithmetic within its limits."""
    try:
        return operate()
    except DecimalException as error:
        if type(error).__name__ == "Overflow":
            raise FormulaError(_("The number is too large.")) from None
        raise FormulaError(_("This cannot be computed: division by zero.")) from None


def add(left: Any, right: Any) -> Any:
    if isinstance(left, Span) and isinstance(right, Span):
        if left.unit != right.unit:
            raise FormulaError(_("Add one length of time to the date after the other."))
        return Span(left.count + right.count, left.unit)
    if isinstance(left, Span) or (isinstance(right, date) and not isinstance(left, date)):
        left, right = right, left
    if isinstance(right, Span):
        begun = moment(left)
        return None if begun is None else shifted(begun, right)
    if isinstance(left, date):
        return _days_later(left, right)
    return _money(left, right, MATH.add)


def subtract(left: Any, right: Any) -> Any:
    if isinstance(right, Span):
        return add(left, -right)
    if isinstance(left, date) and isinstance(right, date):
        return days_between(right, left)
    if isinstance(left, date):
        return _days_later(left, negative(right))
    if isinstance(right, date) and isinstance(left, str):
        return subtract(moment(left), right)
    if isinstance(right, date) and left is None:
        return None
    return _money(left, right, MATH.subtract)


def multiply(left: Any, right: Any) -> Any:
    if isinstance(left, Span) or isinstance(right, Span):
        raise FormulaError(_("A length of time cannot be multiplied."))
    if isinstance(right, Money) and not isinstance(left, Money):
        left, right = right, left
    result = calculated(lambda: MATH.multiply(number(left), number(right)))
    return _in_currency(result, left, right)


def divide(left: Any, right: Any) -> Any:
    if not number(right):
        raise FormulaError(_("This cannot be computed: division by zero."))
    result = calculated(lambda: MATH.divide(number(left), number(right)))
    return _in_currency(result, left, right)


def power(base: Any, exponent: Any) -> Decimal:
    return calculated(lambda: MATH.power(number(base), number(exponent)))


def join(left: Any, right: Any) -> str:
    return limited(text(left) + text(right))


def negative(value: Any) -> Any:
    if isinstance(value, Span | Money):
        return -value
    return MATH.minus(number(value))


def days_between(first: date, last: date) -> Decimal:
    """Days from one to the other; with times of day, a fraction of them."""
    if isinstance(first, datetime) and isinstance(last, datetime):
        seconds = Decimal(str((last - first).total_seconds()))
        return MATH.divide(seconds, Decimal(DAY_SECONDS))
    plain = [one.date() if isinstance(one, datetime) else one for one in (first, last)]
    return Decimal((plain[1] - plain[0]).days)


def _days_later(moment_: date, count: Any) -> Any:
    days = number(count)
    if not isinstance(moment_, datetime) or days == int(days):
        return shifted(moment_, Span(int(days), "day"))
    try:
        return moment_ + timedelta(seconds=float(days * DAY_SECONDS))
    except OverflowError:
        raise FormulaError(_("The date is too far away.")) from None


def _money(left: Any, right: Any, operate: Callable[[Decimal, Decimal], Decimal]) -> Any:
    """Sums of one currency keep it; anything else is counted as plain numbers."""
    result = calculated(lambda: operate(number(left), number(right)))
    currencies = {one.currency for one in (left, right) if isinstance(one, Money)}
    if len(currencies) > 1:
        raise FormulaError(_("The amounts are in different currencies."))
    both = isinstance(left, Money) and isinstance(right, Money)
    return Money(result, currencies.pop()) if both else result


def _in_currency(result: Decimal, left: Any, right: Any) -> Any:
    """Money times or divided by a number stays money."""
    scaled = isinstance(left, Money) and not isinstance(right, Money)
    return Money(result, left.currency) if scaled else result


OPERATIONS: dict[str, Operation] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "^": power,
    "&": join,
}
EQUAL, UNEQUAL = OPERATORS["eq"], OPERATORS["ne"]
COMPARISONS: dict[str, Operation] = {
    "=": EQUAL,
    "==": EQUAL,
    "<>": UNEQUAL,
    "!=": UNEQUAL,
    ">": OPERATORS["gt"],
    ">=": OPERATORS["ge"],
    "<": OPERATORS["lt"],
    "<=": OPERATORS["le"],
}
