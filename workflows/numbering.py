"""The format of numerators: `ДОГ-{year}-{number:05}`."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

PART = re.compile(r"\{(number|year|yy|month|day|quarter)(?::0?(\d{1,2}))?\}")
RESETS = ("never", "year", "quarter", "month", "day")
MAX_FORMAT = 100


def check_format(text: str) -> str:
    """The format itself, if it can be used; raises ValidationError."""
    rest = PART.sub("", text)
    if len(text) > MAX_FORMAT or "{" in rest or "}" in rest:
        raise ValidationError(_("Use {number:05}, {year}, {yy}, {month}, {day}, {quarter}."))
    if not any(found[1] == "number" for found in PART.finditer(text)):
        raise ValidationError(_("The format needs {number}."))
    return text


def format_number(text: str, number: int, now: datetime) -> str:
    """The number as the format writes it, by the date of the active time zone."""
    day = timezone.localtime(now)
    parts = {
        "number": number,
        "year": day.year,
        "yy": day.year % 100,
        "month": day.month,
        "day": day.day,
        "quarter": (day.month + 2) // 3,
    }
    widths = {"yy": 2, "month": 2, "day": 2}

    def write(found: re.Match[str]) -> str:
        width = int(found[2]) if found[2] else widths.get(found[1], 0)
        return str(parts[found[1]]).zfill(width)

    return PART.sub(write, text)


def period(reset: str, now: datetime) -> str:
    """The period in which numbers do not repeat: "2026", "2026-Q4", "2026-11", "2026-11-24"."""
    day = timezone.localtime(now)
    return {
        "year": f"{day:%Y}",
        "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}",
        "month": f"{day:%Y-%m}",
        "day": f"{day:%Y-%m-%d}",
    }.get(reset, "")
