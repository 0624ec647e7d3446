"""A working calendar as a page shows it: a year of months of weeks."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import get_language

from staff.models import WorkCalendar
from staff.public_holidays import Marked, marked_days
from staff.selectors_calendar import working_time
from staff.working_time import HOUR, WorkingTime


@dataclass(frozen=True)
class YearDay:
    """`kind` as in `WorkingTime.kind`; `own` where an administrator set it."""

    date: date
    kind: str
    name: str
    own: bool


@dataclass(frozen=True)
class Month:
    """Weeks of seven days, None for those of other months; working days and hours."""

    first: date
    weeks: list[list[YearDay | None]]
    days: int
    hours: float


def year_of(calendar: WorkCalendar, year: int) -> list[Month]:
    """Twelve months. Two queries."""
    counted = working_time(calendar)
    names = dict(calendar.days.values_list("date", "name")) if calendar.pk else {}
    public = marked_days(calendar.country, year, (get_language() or "en")[:2])
    return [_month(date(year, month, 1), counted, names, public) for month in range(1, 13)]


def _month(
    first: date, counted: WorkingTime, own: Mapping[date, str], public: Mapping[date, Marked]
) -> Month:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    rows = [
        [_day(day, counted, own, public) if day.month == first.month else None for day in week]
        for week in weeks
    ]
    shown = [day for row in rows for day in row if day and day.kind != "off"]
    hours = sum((_hours(counted, day) for day in shown), timedelta())
    return Month(first, rows, len(shown), round(hours / HOUR, 1))


def _day(
    day: date, counted: WorkingTime, own: Mapping[date, str], public: Mapping[date, Marked]
) -> YearDay:
    name = own.get(day) or (public[day].name if day in public else "")
    return YearDay(day, counted.kind(day), name, day in own)


def _hours(counted: WorkingTime, day: YearDay) -> timedelta:
    spans = [
        datetime.combine(day.date, closes) - datetime.combine(day.date, opens)
        for opens, closes in counted.spans
    ]
    return sum(spans, timedelta()) - (HOUR if day.kind == "short" else timedelta())
