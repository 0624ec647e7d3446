"""Groupings: how the values of a field make the groups of a report.

A grouping knows the SQL of a value's key, how a key is called, ordered and coloured, and which
condition of a filter finds the elements of a group. Field types choose from these and add
their own, as they do with operators.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
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


def stored(field: SchemaField, key: Any) -> Any:
    """The key as it stands in the field's main column."""
    return field.type.to_columns(field.field, key)[0]


def has(field: SchemaField, key: Any) -> Q:
    """The elements that have the key itself as a value."""
    kept = stored(field, key)
    lookup, value = ("contains", [kept]) if field.multiple else ("exact", kept)
    return Q.create([(f"{field.main_column}__{lookup}", value)])


@dataclass(frozen=True)
class Grouping:
    """`key` is a constant of the program: SQL over `{value}`, one value of the field, and
    `{zone}`, the person's time zone. `read` makes the natural key of its text.

    `order` tells the place of a key among the others; without it names do. `in_time` says that
    the keys follow each other in time, so that a report keeps the newest of many. `within` finds
    the elements of a key, `sort` is SQL of the order of keys over `{key}`, its text; "" where
    names that a person may see make the order.
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
    within: Callable[[SchemaField, Any], Q] = has
    sort: str = ""


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


def _begins(field: SchemaField, key: str) -> Q:
    if len(key) < LONGEST_TEXT:
        return has(field, key)
    lookup = "any_begins" if field.multiple else "startswith"
    return Q.create([(f"{field.main_column}__{lookup}", key)])


#: Letter by letter, as far as a name of a group is read; in order as texts are sorted.
BY_TEXT = Grouping(
    "value",
    gettext_lazy("by value"),
    f"left({{value}}, {LONGEST_TEXT})",
    str,
    _text,
    name=lambda field, key, titles: key,
    within=_begins,
    sort="""replace(lower({key}), 'ё', 'е') COLLATE "C\"""",
)
BY_NUMBER = Grouping(
    "value",
    gettext_lazy("by value"),
    "trim_scale({value})",
    Decimal,
    lambda field, key: ("eq", [format(key, "f")]),
    order=lambda field, key: key,
    sort="{key}::numeric",
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


def _ranged(field: SchemaField, first: Any, last: Any) -> Q:
    lookup = "any_range" if field.multiple else "range"
    return Q.create([(f"{field.main_column}__{lookup}", (first, last))])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _moments(field: SchemaField, first: date, last: date) -> Q:
    """The days of a person's own time zone; the database keeps microseconds."""
    if last == date.max:
        lookup = "any_gte" if field.multiple else "gte"
        return Q.create([(f"{field.main_column}__{lookup}", _midnight(first))])
    after = _midnight(last + timedelta(days=1))
    return _ranged(field, _midnight(first), after - timedelta(microseconds=1))


def _period(slug: str, label: Any, days: Any, name: Any, day: str, ranged: Any) -> Grouping:
    return Grouping(
        slug,
        label,
        f"date_trunc('{slug}', ({day})::timestamp)::date",
        date.fromisoformat,
        lambda field, key: ("between", [key.isoformat(), _last(days, key).isoformat()]),
        name=lambda field, key, titles: name(key, _last(days, key)),
        order=lambda field, key: key,
        in_time=True,
        within=lambda field, key: ranged(field, key, _last(days, key)),
        sort="{key}::date",
    )


def _periods(day: str, ranged: Callable[[SchemaField, date, date], Q]) -> tuple[Grouping, ...]:
    return tuple(_period(*unit, day, ranged) for unit in UNITS)


BY_DAYS = _periods("{value}", _ranged)
BY_MOMENTS = _periods("{value} AT TIME ZONE {zone}", _moments)
