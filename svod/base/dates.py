"""Dates in short, as the active language writes them, for pages that show hundreds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, partial

from django.utils.formats import date_format, get_format

PARTS = {"d": "%d", "m": "%m", "Y": "%Y", "y": "%y", "H": "%H", "i": "%M"}
#: `strftime` writes an earlier year with fewer digits.
FIRST_YEAR = 1000


def short(name: str = "SHORT_DATE_FORMAT") -> Callable[[date], str]:
    """Writes dates as Django's `date_format` does, which reads its format anew for each."""
    plain = _plain(get_format(name))
    if plain is None:
        return partial(date_format, format=name)

    def write(value: date) -> str:
        early = value.year < FIRST_YEAR
        return str(date_format(value, name)) if early else value.strftime(plain)

    return write


@cache
def _plain(django_format: str) -> str | None:
    """Django's format in the signs of `strftime`; None for one that has more than numbers."""
    if any(sign.isalpha() and sign not in PARTS for sign in django_format):
        return None
    return "".join(PARTS.get(sign, sign) for sign in django_format)
