"""Which days are days of work."""

from __future__ import annotations

from datetime import date

SATURDAY = 5


def is_working(day: date) -> bool:
    return day.weekday() < SATURDAY
