"""Choosing: only the argument that is chosen is computed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.conditions import OPERATORS, is_empty
from workflows.formulas.errors import FormulaError
from workflows.formulas.kinds import truth
from workflows.formulas.registry import function

logic = partial(function, group="logic")
Lazy = Callable[[], Any]


@logic(
    "IF ЕСЛИ", "bool any any?", "any", _("One value if the condition holds, else the other"),
    '=IF([PRICE] > 100000; "Director"; "Manager")', lazy=True,
)  # fmt: skip
def if_(condition: Lazy, then: Lazy, other: Lazy = lambda: None) -> Any:
    return then() if condition() else other()


@logic(
    "IFS УСЛОВИЯ ЕСЛИМН", "any any any*", "any",
    _("The value after the first condition that holds; the last one alone is for the rest"),
    '=IFS([PRICE] > 1000; "a"; [PRICE] > 10; "b"; "c")', lazy=True,
)  # fmt: skip
def ifs(*given: Lazy) -> Any:
    for place in range(0, len(given) - 1, 2):
        if truth(given[place]()):
            return given[place + 1]()
    return given[-1]() if len(given) % 2 else None


@logic(
    "SWITCH ПЕРЕКЛЮЧ", "any any any any*", "any",
    _("The value after the one that is equal to the first; the last one alone is for the rest"),
    '=SWITCH([KIND]; "in"; "Incoming"; "out"; "Outgoing"; "Other")', lazy=True,
)  # fmt: skip
def switch(chosen: Lazy, *given: Lazy) -> Any:
    value = chosen()
    for place in range(0, len(given) - 1, 2):
        if OPERATORS["eq"](value, given[place]()):
            return given[place + 1]()
    return given[-1]() if len(given) % 2 else None


@logic("AND И", "bool bool*", "bool", _("Whether all conditions hold"),
       "=AND([PRICE] > 10; [PRICE] < 20)", lazy=True)  # fmt: skip
def and_(*conditions: Lazy) -> bool:
    return all(one() for one in conditions)


@logic("OR ИЛИ", "bool bool*", "bool", _("Whether one of the conditions holds"),
       "=OR([PRICE] < 10; [PRICE] > 20)", lazy=True)  # fmt: skip
def or_(*conditions: Lazy) -> bool:
    return any(one() for one in conditions)


@logic("NOT НЕ", "bool", "bool", _("Whether the condition does not hold"), "=NOT([URGENT])")
def not_(condition: bool) -> bool:  # noqa: FBT001
    return not condition


@logic("ISBLANK ЕПУСТО", "any", "bool", _("Whether the value is empty"), "=ISBLANK([DATE])")
def isblank(value: Any) -> bool:
    return is_empty(value)


@logic("IFBLANK ЕСЛИПУСТО", "any any", "any", _("The value, or another one when it is empty"),
       '=IFBLANK([PHONE]; "no phone")', lazy=True)  # fmt: skip
def ifblank(value: Lazy, other: Lazy) -> Any:
    found = value()
    return other() if is_empty(found) else found


@logic("IFERROR ЕСЛИОШИБКА", "any any", "any",
       _("The value, or another one when it cannot be computed"),
       "=IFERROR([SUM] / [COUNT]; 0)", lazy=True)  # fmt: skip
def iferror(value: Lazy, other: Lazy) -> Any:
    try:
        return value()
    except FormulaError:
        return other()


@logic("ERROR ОШИБКА", "text", "any", _("Stops with this message"),
       '=IF([PRICE] < 0; ERROR("The price is negative"); [PRICE])')  # fmt: skip
def error(message: str) -> Any:
    raise FormulaError(message[:500] or _g("The formula cannot be computed."))
