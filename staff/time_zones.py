"""Time zones to choose from: IANA names, shown as a place with its offset of today."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone_location
from django.core.exceptions import ValidationError
from django.utils.formats import time_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian")


@lru_cache
def time_zone_names() -> frozenset[str]:
    """Zones of places (Europe/Moscow), plus UTC; aliases like Etc/GMT+3 are left out."""
    places = (name for name in available_timezones() if name.split("/")[0] in (*AREAS, "Pacific"))
    return frozenset({*places, "UTC"})


def validate_time_zone(name: str) -> None:
    if name not in time_zone_names():
        raise ValidationError(_("Choose a time zone from the list."), code="time_zone")


def time_zone_choices() -> list[tuple[str, str]]:
    """(name, label) by offset, then by place; "(UTC+03:00) Москва · Europe/Moscow" is a label."""
    return _choices(get_language() or "en", datetime.now(UTC).date().toordinal())


@lru_cache(maxsize=4)
def _choices(language: str, _day: int) -> list[tuple[str, str]]:
    now = datetime.now(UTC)
    rows = []
    for name in time_zone_names():
        offset = now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()
        rows.append((offset, _place(name, language), name))
    # The name stays in the label: several zones share one place.
    return [
        (name, f"({offset_text(offset)}) {place} · {name}") for offset, place, name in sorted(rows)
    ]


def _place(name: str, language: str) -> str:
    if name == "UTC":
        return name
    return get_timezone_location(name, locale=language, return_city=True)


def offset_text(offset: timedelta) -> str:
    """UTC+05:30 for 5½ hours east."""
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def local_time(name: str) -> str:
    """What the clocks show there now: "14:05 (UTC+03:00)"."""
    now = datetime.now(ZoneInfo(name if name in time_zone_names() else "UTC"))
    return f"{time_format(now)} ({offset_text(now.utcoffset() or timedelta())})"
