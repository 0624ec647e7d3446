"""Lists: multiple fields, results of searches, several arguments taken together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial, reduce
from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.conditions import OPERATORS
from workflows.formulas.errors import FormulaError
from workflows.formulas.kinds import MATH, MAX_TEXT, items, limited, number, text, whole
from workflows.formulas.operators import add, divide
from workflows.formulas.registry import function

lists = partial(function, group="lists")


def flat(given: Iterable[Any]) -> list[Any]:
    """All values of several arguments, lists among them."""
    return [value for one in given for value in items(one)]


@lists("SUM СУММ", "any*", "any", _("The sum of all values"), "=SUM([PRICES])")
def sum_(*given: Any) -> Any:
    values = flat(given)
    return reduce(add, values[1:], _plain(values[0])) if values else Decimal(0)


def _plain(value: Any) -> Any:
    return add(value, 0) if isinstance(value, str | int | float) else value


@lists("AVERAGE СРЗНАЧ", "any*", "any", _("The average of all values"), "=AVERAGE([PRICES])")
def average(*given: Any) -> Any:
    values = flat(given)
    return divide(sum_(values), Decimal(len(values))) if values else None


@lists("MIN МИН", "any any*", "any", _("The least value, or the earliest date"),
       "=MIN([A]; [B])")  # fmt: skip
def min_(*given: Any) -> Any:
    return _extreme(given, "lt")


@lists("MAX МАКС", "any any*", "any", _("The greatest value, or the latest date"),
       "=MAX([A]; [B])")  # fmt: skip
def max_(*given: Any) -> Any:
    return _extreme(given, "gt")


def _extreme(given: Iterable[Any], operator: str) -> Any:
    values = flat(given)
    better = OPERATORS[operator]
    return reduce(lambda a, b: b if better(b, a) else a, values) if values else None


@lists("COUNT СЧЁТ СЧЕТ СЧЁТЗ COUNTA", "any any*", "number", _("How many values are filled in"),
       "=COUNT([FILES])")  # fmt: skip
def count(*given: Any) -> Decimal:
    return Decimal(len(flat(given)))


@lists("LIST СПИСОК", "any*", "list", _("All values as one list"), '=LIST("a"; "b")')
def list_(*given: Any) -> list[Any]:
    return flat(given)


@lists("INDEX ИНДЕКС", "list whole", "any", _("The value at this place, from 1"),
       "=INDEX([PHONES]; 1)")  # fmt: skip
def index(values: list[Any], place: int) -> Any:
    return values[place - 1] if 1 <= place <= len(values) else None


@lists("FIRST ПЕРВОЕ", "list", "any", _("The first value"), "=FIRST([PHONES])")
def first(values: list[Any]) -> Any:
    return values[0] if values else None


@lists("LAST ПОСЛЕДНЕЕ", "list", "any", _("The last value"), "=LAST([PHONES])")
def last(values: list[Any]) -> Any:
    return values[-1] if values else None


@lists("UNIQUE УНИК", "list", "list", _("Each value once"), "=UNIQUE([TAGS])")
def unique(values: list[Any]) -> list[Any]:
    return list({text(value): value for value in reversed(values)}.values())[::-1]


@lists("SORT СОРТ", "list", "list", _("The values in order"), "=SORT([PRICES])")
def sort(values: list[Any]) -> list[Any]:
    kinds = {type(value) for value in values}
    if len(kinds) == 1 and kinds <= {str}:
        return sorted(values, key=str.casefold)
    try:
        return sorted(values)
    except TypeError:
        return sorted(values, key=lambda value: text(value).casefold())


@lists("CONTAINS СОДЕРЖИТ", "any any", "bool", _("Whether the list, or the text, contains it"),
       '=CONTAINS([NOTE]; "urgent")')  # fmt: skip
def contains(where: Any, what: Any) -> bool:
    return OPERATORS["contains"](where, what)


@lists("TEXTJOIN ОБЪЕДИНИТЬ JOIN", "text any any*", "text", _("The values with a text between"),
       '=TEXTJOIN(", "; [TAGS])')  # fmt: skip
def textjoin(between: str, *given: Any) -> str:
    parts = [text(value) for value in flat(given)]
    total = sum(map(len, parts)) + len(between) * len(parts)
    if total > 2 * MAX_TEXT:
        raise FormulaError(_g("The text becomes too long."))
    return limited(between.join(parts))


@lists("SPLIT РАЗДЕЛИТЬ", "text text?", "list", _("The parts of a text as a list"),
       '=SPLIT("a, b"; ",")')  # fmt: skip
def split(value: str, between: str = ",") -> list[str]:
    return [part.strip() for part in value.split(between or ",") if part.strip()]


@lists("SUMPRODUCT СУММПРОИЗВ", "list list", "number",
       _("The sum of products of two lists, value by value"),
       "=SUMPRODUCT([PRICES]; [COUNTS])")  # fmt: skip
def sumproduct(left: list[Any], right: list[Any]) -> Decimal:
    pairs = zip(left, right, strict=False)
    return sum((MATH.multiply(number(a), number(b)) for a, b in pairs), Decimal(0))


@lists("SEQUENCE ПОСЛЕД", "whole", "list", _("The numbers from 1 to this one"), "=SEQUENCE(3)")
def sequence(last_: Any) -> list[Any]:
    return [Decimal(one) for one in range(1, min(whole(last_), 1000) + 1)]
