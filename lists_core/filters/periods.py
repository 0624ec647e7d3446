"""Operators over dates: exact, ranges, and periods counted from today.

A period is a half-open pair of days `[first, after)` in the person's time zone. For
date-times the days become midnights of that zone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lists_core.filters.operators import PRESENCE, Arity, Asked, Operator, days_control

Days = tuple[date, date]
DAY_LENGTH = timedelta(days=1)


def day(today: date, shift: int) -> Days:
    first = today + timedelta(days=shift)
    return first, first + DAY_LENGTH


def week(today: date, shift: int) -> Days:
    """Monday to Monday."""
    first = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
    return first, first + timedelta(weeks=1)


def month(today: date, shift: int) -> Days:
    return _first_of_month(today, shift), _first_of_month(today, shift + 1)


def quarter(today: date, shift: int) -> Days:
    passed = (today.month - 1) % 3
    start = 3 * shift - passed
    return _first_of_month(today, start), _first_of_month(today, start + 3)


def year(today: date, shift: int) -> Days:
    return date(today.year + shift, 1, 1), date(today.year + shift + 1, 1, 1)


def _first_of_month(today: date, shift: int) -> date:
    months = today.year * 12 + today.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


PERIODS: tuple[tuple[str, str | Promise, Callable[[date, int], Days], int], ...] = (
    ("today", _("today"), day, 0),
    ("yesterday", _("yesterday"), day, -1),
    ("tomorrow", _("tomorrow"), day, 1),
    ("this_week", _("this week"), week, 0),
    ("last_week", _("last week"), week, -1),
    ("next_week", _("next week"), week, 1),
    ("this_month", _("this month"), month, 0),
    ("last_month", _("last month"), month, -1),
    ("next_month", _("next month"), month, 1),
    ("this_quarter", _("this quarter"), quarter, 0),
    ("last_quarter", _("last quarter"), quarter, -1),
    ("next_quarter", _("next quarter"), quarter, 1),
    ("this_year", _("this year"), year, 0),
    ("last_year", _("last year"), year, -1),
    ("next_year", _("next year"), year, 1),
)


def last_days(today: date, count: int) -> Days:
    """Today and the `count` days before it."""
    return today - timedelta(days=count), today + DAY_LENGTH


def next_days(today: date, count: int) -> Days:
    """Today and the `count` days after it."""
    return today, today + timedelta(days=count + 1)


def _within(asked: Asked, first: date, last: date, *, moments: bool) -> Q:
    """Between two days, both included."""
    # One range, not two comparisons: in a multiple field both must hold for one item.
    if not moments:
        return asked.lookup("range", (first, last))
    end = _midnight(_next_day(last)) - timedelta(microseconds=1)
    return asked.lookup("range", (_midnight(first), end))


def _next_day(day: date) -> date:
    """No moment lies in the year 9999, so its last day may be its own successor."""
    return day if day == date.max else day + DAY_LENGTH


def _midnight(edge: date) -> datetime:
    return timezone.make_aware(datetime.combine(edge, time.min))


def _operators(*, moments: bool) -> tuple[Operator, ...]:
    """The family for dates or, with `moments`, for date-times; arguments are days in both."""

    def within(days: Callable[[Asked], Days]) -> Callable[[Asked], Q]:
        def build(asked: Asked) -> Q:
            first, after = days(asked)
            return _within(asked, first, after - DAY_LENGTH, moments=moments)

        return build

    def fixed(count: Callable[[date, int], Days], shift: int) -> Callable[[Asked], Q]:
        return within(lambda asked: count(asked.now.date(), shift))

    def on(asked: Asked) -> Q:
        return _within(asked, asked.value, asked.value, moments=moments)

    exact = (
        Operator("eq", _("on"), Arity.ONE, on, day_control),
        Operator("ne", _("not on"), Arity.ONE, lambda asked: ~on(asked), day_control),
        Operator("before", _("before"), Arity.ONE, _before(moments=moments), day_control),
        Operator("after", _("after"), Arity.ONE, _after(moments=moments), day_control),
        Operator("between", _("between"), Arity.TWO, _between(moments=moments), day_control),
    )
    named = tuple(
        Operator(slug, label, Arity.NONE, fixed(count, shift))
        for slug, label, count, shift in PERIODS
    )
    counted = (
        Operator("last_days", _("in the last N days"), Arity.ONE,
                 within(lambda asked: last_days(asked.now.date(), asked.value)), days_control),
        Operator("next_days", _("in the next N days"), Arity.ONE,
                 within(lambda asked: next_days(asked.now.date(), asked.value)), days_control),
    )  # fmt: skip
    return (*exact, *named, *counted, *PRESENCE)


def day_control(field: Any) -> forms.Field:
    from lists_core.field_types.date import DayField

    return DayField(required=True)


def _before(*, moments: bool) -> Callable[[Asked], Q]:
    return lambda asked: asked.lookup("lt", _midnight(asked.value) if moments else asked.value)


def _after(*, moments: bool) -> Callable[[Asked], Q]:
    if not moments:
        return lambda asked: asked.lookup("gt", asked.value)
    return lambda asked: asked.lookup("gte", _midnight(_next_day(asked.value)))


def _between(*, moments: bool) -> Callable[[Asked], Q]:
    """Either end may be left open."""

    def build(asked: Asked) -> Q:
        first, last = asked.args
        return _within(asked, first or date.min, last or date.max, moments=moments)

    return build


DAY = _operators(moments=False)
MOMENT = _operators(moments=True)
