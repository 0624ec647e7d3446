"""Numbers. Halves are rounded away from zero, as people and spreadsheets do."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from workflows.formulas.errors import FormulaError
from workflows.formulas.kinds import MATH, number
from workflows.formulas.operators import calculated, power
from workflows.formulas.registry import function

numbers = partial(function, group="numbers")
MAX_PLACES = 20


def rounded(value: Any, places: int, how: str) -> Any:
    """The value, money too, to so many decimal places (negative: tens, hundreds)."""
    if abs(places) > MAX_PLACES:
        raise FormulaError(_g("The number is too large."))
    step = Decimal(1).scaleb(-places)
    read = number(value)
    result = calculated(lambda: MATH.multiply(MATH.divide(read, step).quantize(1, how), step))
    return Money(result, value.currency) if isinstance(value, Money) else result


@numbers("ROUND ОКРУГЛ", "any whole?", "any", _("Rounded to so many decimal places"),
         "=ROUND([PRICE] * 20 / 120; 2)")  # fmt: skip
def round_(value: Any, places: int = 0) -> Any:
    return rounded(value, places, ROUND_HALF_UP)


@numbers("ROUNDUP ОКРУГЛВВЕРХ", "any whole?", "any", _("Rounded away from zero"),
         "=ROUNDUP(2.1; 0)")  # fmt: skip
def roundup(value: Any, places: int = 0) -> Any:
    return rounded(value, places, ROUND_UP)


@numbers("ROUNDDOWN ОКРУГЛВНИЗ", "any whole?", "any", _("Rounded towards zero"),
         "=ROUNDDOWN(2.9; 0)")  # fmt: skip
def rounddown(value: Any, places: int = 0) -> Any:
    return rounded(value, places, ROUND_DOWN)


@numbers("CEILING ОКРВВЕРХ", "number number?", "number", _("The next multiple of a step"),
         "=CEILING([COUNT]; 10)")  # fmt: skip
def ceiling(value: Decimal, step: Decimal = Decimal(1)) -> Decimal:
    return _stepped(value, step, ROUND_CEILING)


@numbers("FLOOR ОКРВНИЗ", "number number?", "number", _("The last multiple of a step before it"),
         "=FLOOR([COUNT]; 10)")  # fmt: skip
def floor(value: Decimal, step: Decimal = Decimal(1)) -> Decimal:
    return _stepped(value, step, ROUND_FLOOR)


def _stepped(value: Decimal, step: Decimal, how: str) -> Decimal:
    return calculated(lambda: MATH.multiply(MATH.divide(value, step).quantize(1, how), step))


@numbers("INT ЦЕЛОЕ", "number", "number", _("The whole number not greater than it"), "=INT(2.9)")
def int_(value: Decimal) -> Decimal:
    return calculated(lambda: value.quantize(Decimal(1), ROUND_FLOOR))


@numbers("ABS АБС", "number", "number", _("The number without its sign"), "=ABS(-5)")
def abs_(value: Decimal) -> Decimal:
    return abs(value)


@numbers("MOD ОСТАТ", "number number", "number", _("The remainder of a division"), "=MOD(7; 3)")
def mod(value: Decimal, divisor: Decimal) -> Decimal:
    if not divisor:
        raise FormulaError(_g("This cannot be computed: division by zero."))
    return calculated(lambda: value - divisor * (value / divisor).quantize(1, ROUND_FLOOR))


@numbers("POWER СТЕПЕНЬ", "number number", "number", _("A power of the number"), "=POWER(2; 10)")
def power_(base: Decimal, exponent: Decimal) -> Decimal:
    return power(base, exponent)


@numbers("SQRT КОРЕНЬ", "number", "number", _("The square root"), "=SQRT(9)")
def sqrt(value: Decimal) -> Decimal:
    if value < 0:
        raise FormulaError(_g("A negative number has no square root."))
    return calculated(lambda: MATH.sqrt(value))


@numbers("SIGN ЗНАК", "number", "number", _("1, 0 or -1"), "=SIGN([BALANCE])")
def sign(value: Decimal) -> Decimal:
    return Decimal((value > 0) - (value < 0))


@numbers("VALUE ЗНАЧЕН ЧИСЛО NUMBER", "number", "number", _("A text read as a number"),
         '=VALUE("1 234,5")')  # fmt: skip
def value_(value: Decimal) -> Decimal:
    return value
