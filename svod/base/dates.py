"""Dates in short, as the active language writes them, for pages that show hundreds; dates and
moments as addresses give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

from svod.base.errors import Invalid

PARTS = {"d": "%d", "m": "%m", "Y": "%Y", "y": "%y", "H": "%H", "i": "%M"}
#: `strftime` writes an earlier year with fewer digits.
FIRST_YEAR = 1000
#: Years that an address may ask for: nearer to the ends of the calendar a day may have no
#: neighbour, or no midnight in some zone.
FIRST_ASKED, LAST_ASKED = 1000, 9000


def short(name: str = "SHORT_DATE_FORMAT") -> Callable[[date], str]:
    """Writes dates as Django's `date_format` does, which reads its format anew for each."""
    plain = _plain(get_format(name))
    if plain is None:
        return partial(date_format, format=name)

    def write(value: date) -> str:
        early = value.year < FIRST_YEAR
        return str(date_format(value, name)) if early else value.strftime(plain)

    return write


def asked_day(given: date | None, usual: date) -> date:
    """The day, or the usual one for none and for one that is too far off."""
    return given if given and FIRST_ASKED <= given.year <= LAST_ASKED else usual


def asked_span(given: Mapping[str, str], longest: timedelta) -> tuple[datetime, datetime]:
    """The moments `start` and `end` (ISO), at most `longest` apart. Raises Invalid."""
    start, end = _moment(given, "start"), _moment(given, "end")
    if not timedelta() < end - start <= longest:
        raise Invalid({"end": [_("Enter a period of a year at most.")]})
    return start, end


def _moment(given: Mapping[str, str], name: str) -> datetime:
    try:
        found = parse_datetime(given.get(name, "").replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or not FIRST_ASKED <= found.year <= LAST_ASKED:
        raise Invalid({name: [_("Enter a date and time.")]})
    return found if timezone.is_aware(found) else timezone.make_aware(found)


@cache
def _plain(django_format: str) -> str | None:
    """Django's format in the signs of `strftime`; None for one that has more than numbers."""
    if any(sign.isalpha() and sign not in PARTS for sign in django_format):
        return None
    return "".join(PARTS.get(sign, sign) for sign in django_format)
