"""Public holidays of a country with moved days off, from the library `holidays`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

DAY = timedelta(days=1)
#: The library names the working weekend day that a day off was moved from.
MOVED = re.compile(r"substituted from (\d\d/\d\d/\d{4})")
LANGUAGES = {"ru": "ru", "en": "en_US"}


@dataclass(frozen=True)
class Marked:
    """What a country says of one day: the kind is that of `CalendarDay`."""

    kind: str
    name: str = ""


@lru_cache(maxsize=200)
def marked_days(country: str, year: int, language: str = "en") -> Mapping[date, Marked]:
    """Days of a year that are not as their weekday has it; empty for no country.

    The day before a holiday is an hour shorter, and so is a working Saturday that gave its
    day off to such a day: as in the Labour Code, articles 95 and 112.
    """
    if not country:
        return {}
    spoken = _table(country, year, LANGUAGES.get(language, "en_US"))
    table = _table(country, year, LANGUAGES["en"])
    moved = {_origin(name): day for day, name in table.items() if _origin(name)}
    marked = {day: Marked("off", spoken.get(day) or "") for day in table}
    for origin, day in moved.items():
        if origin and origin not in table:  # a holiday on a weekend is not worked either
            marked[origin] = Marked("short" if _is_holiday(table, day + DAY) else "working")
    for day in table:
        before = day - DAY
        if _is_holiday(table, day) and before not in marked and before.isoweekday() <= 5:  # noqa: PLR2004
            marked[before] = Marked("short")
    return {day: mark for day, mark in marked.items() if day.year == year}


def _table(country: str, year: int, language: str) -> Mapping[date, str]:
    """Also of the year after: its first holiday shortens the last day of this one."""
    table = holidays.country_holidays(country, years=[year, year + 1], language=language)
    return dict(table.items())


def _origin(name: str) -> date | None:
    found = MOVED.search(name)
    return datetime.strptime(found[1], "%m/%d/%Y").date() if found else None  # noqa: DTZ007


def _is_holiday(table: Mapping[date, str], day: date) -> bool:
    """A holiday proper, not a day off that was moved to."""
    name = table.get(day, "")
    return bool(name) and not MOVED.search(name) and "(observed)" not in name
