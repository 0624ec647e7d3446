"""Reading the working calendar."""

from __future__ import annotations

from datetime import time

from staff.models import WorkCalendar
from staff.working_time import WorkingTime


def default_calendar() -> WorkCalendar:
    """The portal's calendar; until somebody changes it, the five-day week of Russia."""
    return WorkCalendar.objects.filter(is_default=True).first() or WorkCalendar(is_default=True)


def working_time(calendar: WorkCalendar | None = None) -> WorkingTime:
    """The calendar (the portal's, unless one is given) to count by. Two queries."""
    calendar = calendar or default_calendar()
    days = dict(calendar.days.values_list("date", "kind")) if calendar.pk else {}
    return WorkingTime(frozenset(calendar.weekdays), _spans(calendar), calendar.country, days)


def _spans(calendar: WorkCalendar) -> tuple[tuple[time, time], ...]:
    if calendar.lunch_from and calendar.lunch_to:
        return ((calendar.opens, calendar.lunch_from), (calendar.lunch_to, calendar.closes))
    return ((calendar.opens, calendar.closes),)
