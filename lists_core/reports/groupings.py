"""Groupings: how the values of a field make the groups of a report.

A grouping knows the SQL of a value's key, how a key is called, ordered and coloured, and which
condition of a filter finds the elements of a group. Field types choose from these and add
their own, as they do with operators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.filters import periods

if TYPE_CHECKING:
    from lists_core.field_types.base import Titles
    from lists_core.schema.fields import SchemaField

Asks = tuple[str, list[str]]
"""An operator of the field and the texts it takes."""


def no_tone(field: SchemaField, key: Any) -> str:
    return ""


def by_type(field: SchemaField, key: Any, titles: Titles) -> str:
    """The value as the field's type tells it."""
    return field.type.to_text(field.field, key, titles)


@dataclass(frozen=True)
class Grouping:
    """`key` is a constant of the program: SQL over `{value}`, one value of the field, and
    `{zone}`, the person's time zone. `read` makes the natural key of its text.

    `order` tells the place of a key among the others; without it names do. `in_time` says that
    the keys follow each other in time, so that a report keeps the newest of many.
    """

    slug: str
    label: str | Promise
    key: str
    read: Callable[[str], Any]
    asks: Callable[[SchemaField, Any], Asks]
    name: Callable[[SchemaField, Any, Titles], str] = by_type
    order: Callable[[SchemaField, Any], Any] | None = None
    tone: Callable[[SchemaField, Any], str] = no_tone
    in_time: bool = False


def _any_of(field: SchemaField, key: Any) -> Asks:
    return "any_of", [str(key)]


def _answer(field: SchemaField, key: Any) -> Asks:
    return ("yes" if key else "no"), []


#: Ids: of options, people, elements, sections.
BY_VALUE = Grouping("value", gettext_lazy("by value"), "{value}", int, _any_of)
BY_ANSWER = Grouping(
    "value",
    gettext_lazy("by value"),
    "{value}",
    lambda text: text == "true",
    _answer,
    order=lambda field, key: not key,
    tone=lambda field, key: "green" if key else "grey",
)
LONGEST_TEXT = 200


def _text(field: SchemaField, key: str) -> Asks:
    return ("eq" if len(key) < LONGEST_TEXT else "starts"), [key]


#: Letter by letter, as far as a name of a group is read.
BY_TEXT = Grouping(
    "value",
    gettext_lazy("by value"),
    f"left({{value}}, {LONGEST_TEXT})",
    str,
    _text,
    name=lambda field, key, titles: key,
)


# --- periods ------------------------------------------------------------------------------


def _day_name(first: date, last: date) -> str:
    return date_format(first, "SHORT_DATE_FORMAT")


def _week_name(first: date, last: date) -> str:
    return f"{date_format(first, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}"


def _month_name(first: date, last: date) -> str:
    return date_format(first, "YEAR_MONTH_FORMAT")


def _quarter_name(first: date, last: date) -> str:
    return _("Q%(quarter)d %(year)d") % {"quarter": (first.month + 2) // 3, "year": first.year}


def _year_name(first: date, last: date) -> str:
    return str(first.year)


UNITS: tuple[tuple[str, str | Promise, Any, Callable[[date, date], str]], ...] = (
    ("day", gettext_lazy("by day"), periods.day, _day_name),
    ("week", gettext_lazy("by week"), periods.week, _week_name),
    ("month", gettext_lazy("by month"), periods.month, _month_name),
    ("quarter", gettext_lazy("by quarter"), periods.quarter, _quarter_name),
    ("year", gettext_lazy("by year"), periods.year, _year_name),
)


def _last(days: Callable[[date, int], periods.Days], first: date) -> date:
    """The last day of a period; the calendar ends in the year 9999."""
    try:
        return days(first, 0)[1] - timedelta(days=1)
    except (ValueError, OverflowError):
        return date.max


def _period(slug: str, label: Any, days: Any, name: Any, day: str) -> Grouping:
    return Grouping(
        slug,
        label,
        f"date_trunc('{slug}', ({day})::timestamp)::date",
        date.fromisoformat,
        lambda field, key: ("between", [key.isoformat(), _last(days, key).isoformat()]),
        name=lambda field, key, titles: name(key, _last(days, key)),
        order=lambda field, key: key,
        in_time=True,
    )


def _periods(day: str) -> tuple[Grouping, ...]:
    return tuple(_period(*unit, day) for unit in UNITS)


BY_DAYS = _periods("{value}")
BY_MOMENTS = _periods("{value} AT TIME ZONE {zone}")
