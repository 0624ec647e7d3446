"""Currencies of today: their names, their signs, and amounts as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import (
    format_currency,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
)
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from moneyed import CURRENCIES, Money

from lists_core.field_types.number import parse_decimal

LANGUAGES = ("ru", "en")
WORDS = {"руб": "RUB", "руб.": "RUB", "р": "RUB", "р.": "RUB", "rur": "RUB", "тг": "KZT"}
NUMBER = re.compile(r"[-+−]?\s*[.,]?\d[\d.,'\s]*")
LARGEST = Decimal(10) ** 15


@cache
def current() -> tuple[str, ...]:
    """Codes of the currencies that some country pays with today."""
    used = (entry for rows in get_global("territory_currencies").values() for entry in rows)
    codes = {code for code, _since, until, tender in used if tender and not until}
    return tuple(sorted(codes & set(CURRENCIES)))


@cache
def signs() -> dict[str, str]:
    """`₽`, `rub`, `руб.` → `RUB`, in small letters."""
    known = {code.casefold(): code for code in current()}
    for language in LANGUAGES:
        for code in current():
            known.setdefault(get_currency_symbol(code, locale=language).casefold(), code)
    return {**WORDS, **known}


def currency_choices() -> list[tuple[str, str]]:
    """All of them with their names in the active language."""
    return [(code, f"{code} – {get_currency_name(code, locale=_locale())}") for code in current()]


def currency_code(sign: str) -> str:
    """`$` or `usd` → `USD`. Raises ValidationError."""
    code = signs().get(sign.strip().casefold())
    if code is None:
        raise ValidationError(_("“%(sign)s” is not a known currency.") % {"sign": sign[:20]})
    return code


def make_money(amount: Decimal, code: str) -> Money:
    """An amount that the currency can have. Raises ValidationError."""
    places = get_currency_precision(code)
    if abs(amount) >= LARGEST:
        raise ValidationError(_("The number is too large."))
    if amount != round(amount, places):
        raise ValidationError(_("At most %(places)d digits after the point.") % {"places": places})
    return Money(round(amount, places), code)


def parse_money(text: str, *, default: str) -> Money:
    """`1 234,50 ₽`, `1234.5 RUB`, `-$5`, `100.50|RUB` or a bare number. Raises ValidationError."""
    number, code = _split(text.strip())
    return make_money(parse_decimal(number), currency_code(code) if code else default)


def _split(text: str) -> tuple[str, str]:
    """The number with its minus, and the sign of the currency on either side of it."""
    found = NUMBER.search(text)
    if not found:
        raise ValidationError(_("Enter an amount of money."))
    before, after = text[: found.start()].strip(), text[found.end() :].strip(" |\t\u00a0")
    minus = "-" if before[:1] in {"-", "−"} else ""
    sign = before.lstrip("-−").strip()
    if sign and after:
        raise ValidationError(_("Enter an amount of money."))
    return minus + found[0].strip(), sign or after


def money_text(value: Money) -> str:
    """As the active language writes it: `1 234,50 ₽`, `$1,234.50`."""
    return str(format_currency(value.amount, value.currency.code, locale=_locale()))


def _locale() -> Locale:
    return Locale.parse(get_language() or "en", sep="-")
