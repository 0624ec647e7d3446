"""Dates. An empty date gives an empty result, so that a formula waits for it to be filled in."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.formulas.calendar_math import (
    months_later,
    shifted,
    workdays_between,
    workdays_later,
)
from workflows.formulas.errors import FormulaError
from workflows.formulas.kinds import Span, day, moment
from workflows.formulas.operators import days_between
from workflows.formulas.registry import function
from workflows.formulas.working import working_day

dates = partial(function, group="dates")
Moment = date | None
STEP = re.compile(r"\s*([+-]?\d{1,6})\s*([ymwdhis])\s*")
UNITS = {"y": "year", "m": "month", "w": "week", "d": "day", "h": "hour", "i": "minute",
         "s": "second"}  # fmt: skip


@dates("TODAY СЕГОДНЯ", "", "date", _("Today's date"), "=TODAY() + 5", timed=True)
def today(now: datetime) -> date:
    return timezone.localtime(now).date()


@dates("NOW СЕЙЧАС ТДАТА", "", "date", _("The date and the time now"), "=NOW() + 2 hours",
       timed=True)  # fmt: skip
def now_(now: datetime) -> datetime:
    return timezone.localtime(now)


@dates("DATE ДАТА", "whole whole whole", "date", _("The date of a year, a month and a day"),
       "=DATE(2026; 12; 31)")  # fmt: skip
def date_(year: int, month: int, day_: int) -> date:
    try:
        begun: date = months_later(date(year, 1, 1), month - 1)
        return begun + timedelta(days=day_ - 1)
    except (ValueError, OverflowError):
        raise FormulaError(_g("There is no such date.")) from None


@dates("DATEVALUE ДАТАЗНАЧ", "date", "date", _("A text read as a date"),
       '=DATEVALUE("31.12.2026")')  # fmt: skip
def datevalue(value: Moment) -> Moment:
    return day(value)


@dates("YEAR ГОД", "date", "number", _("The year of a date"), "=YEAR([DATE])")
def year(value: Moment) -> Decimal | None:
    return _part(value, "year")


@dates("QUARTER КВАРТАЛ", "date", "number", _("The quarter of a date, 1 to 4"),
       "=QUARTER([DATE])")  # fmt: skip
def quarter(value: Moment) -> Decimal | None:
    return None if value is None else Decimal((value.month + 2) // 3)


@dates("MONTH МЕСЯЦ", "date", "number", _("The month of a date, 1 to 12"), "=MONTH([DATE])")
def month(value: Moment) -> Decimal | None:
    return _part(value, "month")


@dates("DAY ДЕНЬ", "date", "number", _("The day of a month"), "=DAY([DATE])")
def day_(value: Moment) -> Decimal | None:
    return _part(value, "day")


@dates("HOUR ЧАС", "date", "number", _("The hour of a time"), "=HOUR(NOW())")
def hour(value: Moment) -> Decimal | None:
    return _part(value, "hour")


@dates("MINUTE МИНУТЫ", "date", "number", _("The minute of a time"), "=MINUTE(NOW())")
def minute(value: Moment) -> Decimal | None:
    return _part(value, "minute")


def _part(value: Moment, name: str) -> Decimal | None:
    return None if value is None else Decimal(getattr(value, name, 0))


@dates("WEEKDAY ДЕНЬНЕД", "date", "number", _("The day of the week, Monday is 1"),
       "=WEEKDAY([DATE])")  # fmt: skip
def weekday(value: Moment) -> Decimal | None:
    return None if value is None else Decimal(value.isoweekday())


@dates("DAYS ДНИ", "date date", "number", _("Days to the first date from the second"),
       "=DAYS([DATE]; TODAY())")  # fmt: skip
def days(last: Moment, first: Moment) -> Decimal | None:
    start, end = day(first), day(last)
    return None if start is None or end is None else days_between(start, end)


@dates("DATEDIF РАЗНДАТ", "date date text", "number",
       _('Full years ("y"), months ("m") or days ("d") between two dates'),
       '=DATEDIF([BIRTHDAY]; TODAY(); "y")')  # fmt: skip
def datedif(first: Moment, last: Moment, unit: str) -> Decimal | None:
    start, end = day(first), day(last)
    if start is None or end is None:
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    months -= end.day < start.day
    found = {"y": months // 12, "m": months, "d": (end - start).days}.get(unit.casefold())
    if found is None:
        raise FormulaError(_g("The unit is “y”, “m” or “d”."))
    return Decimal(found)


@dates("EDATE ДАТАМЕС", "date whole", "date", _("The same day so many months later"),
       "=EDATE([DATE]; 1)")  # fmt: skip
def edate(value: Moment, count: int) -> Any:
    return None if value is None else shifted(value, Span(count, "month"))


@dates("EOMONTH КОНМЕСЯЦА", "date whole?", "date",
       _("The last day of the month, or of one so many months later"),
       "=EOMONTH([DATE])")  # fmt: skip
def eomonth(value: Moment, count: int = 0) -> Any:
    start = day(value)
    if start is None:
        return None
    return shifted(start.replace(day=1), Span(count + 1, "month")) - timedelta(days=1)


@dates("DATEADD ДАТАПЛЮС", "date text", "date",
       _('The date plus "5d", "2m", "1y", "3w", "4h", "30i"'),
       '=DATEADD([DATE]; "5d")')  # fmt: skip
def dateadd(value: Moment, step: str) -> Any:
    parts = STEP.findall(step)
    if not parts or STEP.sub("", step):
        raise FormulaError(_g("Write the step like “5d”, “2m” or “1y”."))
    for count, unit in parts if value is not None else ():
        begun = _timed(value) if unit in "his" else value
        value = shifted(begun, Span(int(count), UNITS[unit])) if begun else None
    return value


def _timed(value: Moment) -> Moment:
    """A date begins at midnight when hours are added to it."""
    if value is None or isinstance(value, datetime):
        return value
    return timezone.make_aware(datetime(value.year, value.month, value.day))  # noqa: DTZ001


@dates("WORKDAY РАБДЕНЬ", "date whole", "date", _("So many working days later"),
       "=WORKDAY([DATE]; 5)")  # fmt: skip
def workday(value: Moment, count: int) -> Any:
    return None if value is None else workdays_later(value, count)


@dates("NETWORKDAYS ЧИСТРАБДНИ", "date date", "number",
       _("Working days between two dates, both counted"),
       "=NETWORKDAYS([START]; [END])")  # fmt: skip
def networkdays(first: Moment, last: Moment) -> Decimal | None:
    start, end = day(first), day(last)
    return None if start is None or end is None else Decimal(workdays_between(start, end))


@dates("ISWORKDAY РАБОЧИЙДЕНЬ", "date", "bool", _("Whether it is a working day"),
       "=ISWORKDAY(TODAY())")  # fmt: skip
def isworkday(value: Moment) -> bool:
    found = day(moment(value))
    return found is not None and working_day()(found)
