"""Counting by working days and hours. Knows nothing of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils.translation import gettext as _

from staff.public_holidays import marked_days
from svod.base.errors import DomainError

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
#: How long there may be no working day before the calendar counts as one without any.
LONGEST_REST = 366
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class WorkingTime:
    """A working week, a country's holidays and the days that differ from both.

    `spans` are the working hours of a day, before and after the break; `days` maps a date to
    "working", "short" (an hour less) or "off".
    """

    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    spans: tuple[tuple[time, time], ...] = ((time(9), time(13)), (time(14), time(18)))
    country: str = ""
    days: Mapping[date, str] = field(default_factory=dict)

    def kind(self, day: date) -> str:
        """ "working", "short" or "off"."""
        if own := self.days.get(day):
            return own
        if public := marked_days(self.country, day.year).get(day):
            return public.kind
        return "working" if day.isoweekday() in self.weekdays else "off"

    def is_working(self, day: date) -> bool:
        return self.kind(day) != "off"

    def shifted(self, day: date, count: int) -> date:
        """The working day that comes `count` working days later, earlier when negative."""
        step = DAY if count > 0 else -DAY
        for _place in range(abs(count)):
            day = self.nearest(day + step, step)
        return day

    def nearest(self, day: date, step: timedelta = DAY) -> date:
        """The day itself if it is a working one, else the next (or with -DAY the last) one."""
        for _place in range(LONGEST_REST):
            if self.is_working(day):
                return day
            day += step
        raise DomainError(_("The working calendar has no working days."))

    def add(self, start: datetime, worked: timedelta, zone: tzinfo) -> datetime:
        """The moment at which so much working time has gone by since (negative: before) it."""
        if not worked:
            return start
        begun, left, back = start.astimezone(UTC), abs(worked), worked < timedelta()
        for span in self._spans_from(begun, zone, back=back):
            opened = span[0] if back else max(span[0], begun)
            closed = min(span[1], begun) if back else span[1]
            here = max(closed - opened, timedelta())
            if here >= left:
                return (closed - left if back else opened + left).astimezone(zone)
            left -= here
        raise DomainError(_("The working calendar has no working days."))

    def between(self, start: datetime, end: datetime, zone: tzinfo) -> timedelta:
        """How much working time goes by from one moment to a later one."""
        begun, ended, worked = start.astimezone(UTC), end.astimezone(UTC), timedelta()
        for opened, closed in self._spans_from(begun, zone, back=False):
            if opened >= ended:
                break
            worked += max(min(closed, ended) - max(opened, begun), timedelta())
        return worked

    def _spans_from(self, begun: datetime, zone: tzinfo, *, back: bool) -> Iterator[Span]:
        """Working spans in UTC from a moment's day on, or from it back."""
        step = -DAY if back else DAY
        day = begun.astimezone(zone).date()
        while True:
            day = self.nearest(day, step)
            spans = self._spans_of(day, zone)
            yield from reversed(spans) if back else spans
            day += step

    def _spans_of(self, day: date, zone: tzinfo) -> list[Span]:
        shorter = HOUR if self.kind(day) == "short" else timedelta()
        spans = [(_moment(day, opens, zone), _moment(day, closes, zone))
                 for opens, closes in self.spans]  # fmt: skip
        opened, closed = spans[-1]
        return [*spans[:-1], (opened, max(opened, closed - shorter))]


def _moment(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
