"""Spans of time in processes: `{"amount": 3, "unit": "working_days"}`.

Minutes and hours are time that really goes by. Days, weeks and months are the calendar's: the
clock shows the same time, also over a change to summer time. Working days and hours are
counted by the portal's calendar (`staff.working_time`).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _g
from django.utils.translation import ngettext_lazy, pgettext_lazy
from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from staff.selectors_calendar import working_time
from staff.working_time import WorkingTime

Unit = Literal["minutes", "hours", "days", "weeks", "months", "working_days", "working_hours"]
UNITS: dict[str, str | Promise] = {
    "minutes": pgettext_lazy("period", "minutes"),
    "hours": pgettext_lazy("period", "hours"),
    "days": pgettext_lazy("period", "days"),
    "weeks": pgettext_lazy("period", "weeks"),
    "months": pgettext_lazy("period", "months"),
    "working_days": pgettext_lazy("period", "working days"),
    "working_hours": pgettext_lazy("period", "working hours"),
}
COUNTED: dict[str, Any] = {
    "minutes": ngettext_lazy("%(count)s minute", "%(count)s minutes", "count"),
    "hours": ngettext_lazy("%(count)s hour", "%(count)s hours", "count"),
    "days": ngettext_lazy("%(count)s day", "%(count)s days", "count"),
    "weeks": ngettext_lazy("%(count)s week", "%(count)s weeks", "count"),
    "months": ngettext_lazy("%(count)s month", "%(count)s months", "count"),
    "working_days": ngettext_lazy("%(count)s working day", "%(count)s working days", "count"),
    "working_hours": ngettext_lazy("%(count)s working hour", "%(count)s working hours", "count"),
}
#: Further than this nobody plans, and a slip of the finger must not run for ever.
LIMITS: dict[str, int] = {
    "minutes": 5_000_000,
    "hours": 90_000,
    "days": 36_500,
    "weeks": 5_200,
    "months": 1_200,
    "working_days": 5_000,
    "working_hours": 40_000,
}
FRACTIONS = {"minutes", "hours", "working_hours"}
WORKING = {"working_days", "working_hours"}


def _number(raw: Any) -> Any:
    """`1,5` as people write it."""
    return raw.strip().replace(",", ".") if isinstance(raw, str) else raw


class Duration(BaseModel):
    """How long; never negative: what comes before is asked for as such."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[Decimal, BeforeValidator(_number)]
    unit: Unit

    @model_validator(mode="after")
    def _within_limits(self) -> Duration:
        if not 0 <= self.amount <= LIMITS[self.unit]:
            raise ValueError(_g("The period is too long or negative."))
        if self.unit not in FRACTIONS and self.amount != self.amount.to_integral_value():
            raise ValueError(_g("Only a whole number fits here."))
        return self

    @property
    def by_calendar(self) -> bool:
        """Whether the working calendar decides."""
        return self.unit in WORKING


def _none_if_blank(raw: Any) -> Any:
    """An empty control may still send its unit."""
    return None if isinstance(raw, Mapping) and raw.get("amount") in (None, "") else raw


MaybeDuration = Annotated[Duration | None, BeforeValidator(_none_if_blank)]
"""A parameter that may stay empty; give it the default None."""


def moment_after(
    start: datetime,
    duration: Duration,
    calendar: WorkingTime | None = None,
    *,
    zone: tzinfo | None = None,
) -> datetime:
    """`start` (aware) plus the duration, in the zone (the active one by default).

    A time that the clocks skip becomes the one an hour later, 31 January plus a month the last
    day of February. The portal's calendar is read when one is needed and none is given.
    """
    return _moved(start, duration, 1, calendar, zone)


def moment_before(
    start: datetime,
    duration: Duration,
    calendar: WorkingTime | None = None,
    *,
    zone: tzinfo | None = None,
) -> datetime:
    """`start` minus the duration; see `moment_after`."""
    return _moved(start, duration, -1, calendar, zone)


def _moved(
    start: datetime,
    duration: Duration,
    sign: int,
    calendar: WorkingTime | None,
    zone: tzinfo | None,
) -> datetime:
    zone = zone or timezone.get_current_timezone()
    amount = duration.amount * sign
    if duration.unit == "working_hours":
        hours = timedelta(seconds=int(amount * 3600))
        return (calendar or working_time()).add(start, hours, zone)
    if duration.unit in FRACTIONS:
        seconds = int(amount * (60 if duration.unit == "minutes" else 3600))
        return (start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(zone)
    return _by_days(start.astimezone(zone), duration.unit, int(amount), calendar, zone)


def _by_days(
    here: datetime, unit: str, count: int, calendar: WorkingTime | None, zone: tzinfo
) -> datetime:
    """The same time of day on another date."""
    if unit == "months":
        day = _months_on(here, count)
    elif unit == "working_days":
        day = (calendar or working_time()).shifted(here.date(), count)
    else:
        day = here.date() + timedelta(days=count * (7 if unit == "weeks" else 1))
    return at_wall_clock(datetime.combine(day, here.time()), zone)


def _months_on(here: datetime, count: int) -> Any:
    year, month = divmod(here.year * 12 + here.month - 1 + count, 12)
    last = monthrange(year, month + 1)[1]
    return here.date().replace(year=year, month=month + 1, day=min(here.day, last))


def at_wall_clock(naive: datetime, zone: tzinfo) -> datetime:
    """The moment when the clocks of a zone show it: the first of two, after a skipped hour
    the time that they show instead."""
    return naive.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def duration_text(raw: Mapping[str, Any]) -> str:
    """The stored form in words, for summaries: "3 working days"."""
    amount, unit = str(raw.get("amount", "")), str(raw.get("unit"))
    if unit in COUNTED and amount.isdecimal():
        return str(COUNTED[unit] % {"count": int(amount)})
    return f"{amount} {UNITS.get(unit, '')}".strip()
