"""Which days are days of work: the portal's calendar tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from staff.selectors_calendar import working_time


def working_day() -> Callable[[date], bool]:
    """Tells of any day whether it is one of work; reads the calendar once (two queries)."""
    return working_time().is_working
