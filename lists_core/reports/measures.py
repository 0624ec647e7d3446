"""Measures: what a report tells of the elements of a group.

A measure is made of parts that can be put together: the sum of two groups is the sum of their
sums, their average is not the average of averages. So a total, and what is left over as
"others", are exact. Amounts of money stay apart by their currency, through all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from lists_core.schema.fields import SchemaField

Parts = Mapping[str, Any]
Number = Decimal | int

#: Part → SQL of it over the values of rows, and the function that puts two of them together.
PARTS: dict[str, tuple[str, str]] = {
    "count": ("count({value})", "sum"),
    "sum": ("sum({value})", "sum"),
    "min": ("min({value})", "min"),
    "max": ("max({value})", "max"),
}
JOINS: dict[str, Callable[[Any, Any], Any]] = {
    "count": lambda one, other: one + other,
    "sum": lambda one, other: one + other,
    "min": min,
    "max": max,
}


DIGITS = 100


def rounded(number: Number, places: int) -> Decimal:
    """Sums of large numbers have more digits than Python reckons with by itself."""
    with localcontext(prec=DIGITS):
        return round(Decimal(number), places)


def by_number(field: SchemaField | None, number: Number, split: str) -> str:
    return number_format(number, force_grouping=True)


@dataclass(frozen=True)
class Measure:
    """`value` is SQL over the columns of the field, `{0}` the first of them; "" counts rows.

    `order` is SQL over the `parts` put together and `{rows}`; `total` is the same in Python over
    a mapping that has "rows" too. `split` is SQL of what keeps values apart (a currency), `usual`
    tells which of them comes first. `moment` is SQL of the moment a value stands for, of types
    between whose values time can be counted.
    """

    slug: str
    label: str | Promise
    value: str
    parts: tuple[str, ...]
    order: str
    total: Callable[[Parts], Number | None]
    show: Callable[[Any, Number, str], str] = by_number
    split: str = ""
    usual: Callable[[SchemaField], str] = lambda field: ""
    moment: str = ""


def _average(parts: Parts) -> Number | None:
    return parts["sum"] / Decimal(parts["count"]) if parts.get("count") else None


def _share(parts: Parts) -> Number | None:
    return Decimal(100) * parts.get("count", 0) / parts["rows"] if parts["rows"] else None


def percent(field: SchemaField | None, number: Number, split: str) -> str:
    return _("%(number)s%%") % {"number": number_format(rounded(number, 1), 1)}


def hours(field: SchemaField | None, number: Number, split: str) -> str:
    shown = number_format(rounded(number, 1), 1, force_grouping=True)
    return _("%(number)s h") % {"number": shown}


AVERAGE_ORDER = "{sum} / NULLIF({count}, 0)"
COUNT = Measure(
    "count", gettext_lazy("Number of elements"), "", (), "{rows}", lambda parts: parts["rows"]
)
SUM = Measure("sum", gettext_lazy("sum"), "{0}", ("sum",), "{sum}", lambda parts: parts.get("sum"))
AVERAGE = Measure(
    "average", gettext_lazy("average"), "{0}", ("sum", "count"), AVERAGE_ORDER, _average
)
MIN = Measure(
    "min", gettext_lazy("minimum"), "{0}", ("min",), "{min}", lambda parts: parts.get("min")
)
MAX = Measure(
    "max", gettext_lazy("maximum"), "{0}", ("max",), "{max}", lambda parts: parts.get("max")
)
NUMERIC = (SUM, AVERAGE, MIN, MAX)
FILLED = Measure(
    "filled",
    gettext_lazy("share filled"),
    "{0}",
    ("count",),
    "{count} / NULLIF({rows}, 0)",
    _share,
    show=percent,
)
#: Between the values of two fields, each of which tells its own moment.
HOURS = Measure(
    "hours",
    gettext_lazy("average time in hours"),
    "extract(epoch FROM {1} - {0}) / 3600",
    ("sum", "count"),
    AVERAGE_ORDER,
    _average,
    show=hours,
    moment="{0}",
)
HOURS_OF_DAYS = replace(HOURS, moment="({0}::timestamp AT TIME ZONE {zone})")
