"""Which moment a date means: shifted, at a time of day, not on a day off."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from django.utils import timezone

from staff.selectors_calendar import working_time
from staff.working_time import WorkingTime
from workflows.durations import FRACTIONS, Duration, at_wall_clock, moment_after, moment_before

MORNING = time(9)


def moment_of(
    value: date,
    *,
    zone: tzinfo,
    shift: Duration | None = None,
    direction: str = "before",
    at: time | None = None,
    day_off: str = "keep",
    calendar: WorkingTime | None = None,
) -> datetime:
    """The moment that lies `shift` "before" or "after" a date, or a date with a time.

    `at` is the time of day on which it falls, 9:00 for a date without one; a shift by hours or
    minutes is counted from there. `day_off` "forward" or "backward" moves it to a working day.
    """
    base, clock = _base(value, at, zone)
    if shift:
        move = moment_before if direction == "before" else moment_after
        base = move(base, shift, calendar, zone=zone)
    if clock and not (shift and shift.unit in FRACTIONS):
        base = at_wall_clock(datetime.combine(base.date(), clock), zone)
    if day_off != "keep":
        step = timedelta(days=1 if day_off == "forward" else -1)
        day = (calendar or working_time()).nearest(base.date(), step)
        base = at_wall_clock(datetime.combine(day, base.time()), zone)
    return base


def _base(value: date, at: time | None, zone: tzinfo) -> tuple[datetime, time | None]:
    """The moment that is shifted, and the time of day to set afterwards."""
    if isinstance(value, datetime):
        here = value if timezone.is_aware(value) else at_wall_clock(value, zone)
        here = here.astimezone(zone)
        return (at_wall_clock(datetime.combine(here.date(), at), zone) if at else here), at
    clock = at or MORNING
    return at_wall_clock(datetime.combine(value, clock), zone), clock
