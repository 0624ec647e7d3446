"""Dates plus lengths of time. Days of work come from the portal's working calendar."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from workflows.formulas.errors import FormulaError
from workflows.formulas.kinds import MAX_DAYS, Span
from workflows.formulas.working import working_day

#: Beginnings of the words that the grammar takes → unit.
WORDS = (
    ("рабоч", "workday"), ("working", "workday"), ("секунд", "second"), ("second", "second"),
    ("минут", "minute"), ("minute", "minute"), ("час", "hour"), ("hour", "hour"),
    ("недел", "week"), ("week", "week"), ("месяц", "month"), ("month", "month"),
    ("год", "year"), ("лет", "year"), ("year", "year"), ("д", "day"), ("day", "day"),
)  # fmt: skip
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400}
MAX_WORKDAYS = 5_000


def unit_of(word: str) -> str:
    return next(unit for start, unit in WORDS if word.casefold().startswith(start))


def shifted(moment: date, span: Span) -> Any:
    """The date, or the date with time, so much later. Days keep the time of day."""
    if abs(span.count) > MAX_DAYS:
        raise FormulaError(_("The number is too large."))
    try:
        if span.unit in {"month", "year"}:
            return months_later(moment, span.count * (12 if span.unit == "year" else 1))
        if span.unit == "workday":
            return workdays_later(moment, span.count)
        if span.unit in {"day", "week"}:
            return moment + timedelta(days=span.count * (7 if span.unit == "week" else 1))
        if not isinstance(moment, datetime):
            raise FormulaError(_("A date has no hours: use a date with time."))
        return later_by_clock(moment, span.count * SECONDS[span.unit])
    except (OverflowError, ValueError):
        raise FormulaError(_("The date is too far away.")) from None


def later_by_clock(moment: datetime, seconds: int) -> datetime:
    """Hours that really pass, also over a change of the clocks."""
    return datetime.fromtimestamp(moment.timestamp() + seconds, tz=moment.tzinfo)


def months_later(moment: date, months: int) -> Any:
    """The same day of a later month, or its last one: 31 January and a month is 28 February."""
    years, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return moment.replace(year=years, month=month + 1, day=min(moment.day, last))


def workdays_later(moment: date, count: int) -> Any:
    """So many days of work later (earlier when negative); 0 is the day itself."""
    if abs(count) > MAX_WORKDAYS:
        raise FormulaError(_("The number is too large."))
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    is_working = working_day()
    while left:
        moment += step
        left -= is_working(_day(moment))
    return moment


def workdays_between(first: date, last: date) -> int:
    """Days of work from one day to the other, both counted; negative when the last is earlier."""
    if last < first:
        return -workdays_between(last, first)
    if (last - first).days > MAX_WORKDAYS * 2:
        raise FormulaError(_("The dates are too far apart."))
    days = (last - first).days + 1
    is_working = working_day()
    return sum(is_working(first + timedelta(days=place)) for place in range(days))


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
