"""Days, times and numbers as people write them: Django's formats, without its way there.

A page draws a thousand of them and Django takes some 20 µs for each; these words are the same
(tests/lists_core/test_written.py compares them) in a tenth of that.
"""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.utils.formats import date_format, get_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

PARTS = {
    "d": "{0.day:02}",
    "m": "{0.month:02}",
    "Y": "{0.year:04}",
    "H": "{0.hour:02}",
    "i": "{0.minute:02}",
    "s": "{0.second:02}",
}
GROUP = 3


def as_html(text: str) -> SafeString:
    """Text as it may stand in HTML; what `escape` does for texts that are no promises."""
    return SafeString(html.escape(text))


def written_day(value: date) -> str:
    """A date in the language's short form."""
    return written_moment(value, _day_form(get_language()))


def written_moment(value: Any, form: str) -> str:
    """A date, or a date and time, in a format as Django's `date_format` takes it."""
    pattern = _pattern(form)
    return pattern.format(value) if pattern else date_format(value, form)


@cache
def _day_form(language: str | None) -> str:
    return str(get_format("SHORT_DATE_FORMAT", language))


@lru_cache(maxsize=100)
def _pattern(form: str) -> str:
    """The format as one of `str.format`; "" when it has more than plain numbers."""
    letters = re.findall("[A-Za-z\\\\]", form)
    if any(letter not in PARTS for letter in letters) or set("{}") & set(form):
        return ""
    return "".join(PARTS.get(sign, sign) for sign in form)


def written_number(value: Decimal, places: int, *, grouped: bool) -> str:
    """A number with so many digits after the sign; further ones are cut off, as Django does."""
    group, between, point = _signs(get_language())
    if grouped and group != GROUP:
        return number_format(value, places, force_grouping=True)
    digits = value.copy_abs()
    sign = "-" if value.is_signed() and digits >= _smallest(places) else ""
    whole, _point, rest = f"{digits:f}".partition(".")
    if grouped:
        whole = f"{int(whole):,}".replace(",", between)
    tail = point + rest[:places].ljust(places, "0") if places else ""
    return f"{sign}{whole}{tail}"


@cache
def _signs(language: str | None) -> tuple[Any, str, str]:
    """How many digits stand together, and the signs between them and before the rest."""
    group, between, point = (
        get_format(name, language)
        for name in ("NUMBER_GROUPING", "THOUSAND_SEPARATOR", "DECIMAL_SEPARATOR")
    )
    return group, str(between), str(point)


@cache
def _smallest(places: int) -> Decimal:
    """What is nearer to zero is zero and has no sign."""
    return Decimal(1).scaleb(-max(places, 1))
