"""Currencies of today: their names, their signs, and amounts as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import (
    format_currency,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
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
    amount, code, language = value.amount, value.currency.code, get_language() or "en"
    shape = _shape(language, code)
    if shape is None or not amount.is_finite():
        return str(format_currency(amount, code, locale=_known_locale(language)))
    return shape.text(amount)


@dataclass(frozen=True)
class Shape:
    """How a language writes amounts of a currency: what stands around the digits, by sign, and
    the signs between them. Babel finds that out anew for each number, a table shows hundreds."""

    around: tuple[tuple[str, str], tuple[str, str]]
    digits: int
    signs: dict[int, str]

    def text(self, amount: Decimal) -> str:
        before, after = self.around[amount.is_signed()]
        return f"{before}{self.number(amount)}{after}"

    def number(self, amount: Decimal) -> str:
        return f"{abs(amount):,.{self.digits}f}".translate(self.signs)


PROBES = ("0", "-0.5", "12", "1234", "-1234", "987654321.125", "-0.001")


@cache
def _shape(language: str, code: str) -> Shape | None:
    """None where the language groups digits in ways of its own."""
    locale = _known_locale(language)
    signs = {ord(","): get_group_symbol(locale), ord("."): get_decimal_symbol(locale)}
    shape = Shape((("", ""), ("", "")), get_currency_precision(code), signs)
    big = Decimal("1234567.5")
    parts = [
        str(format_currency(one, code, locale=locale)).partition(shape.number(one))
        for one in (big, -big)
    ]
    around = (parts[0][0], parts[0][2]), (parts[1][0], parts[1][2])
    shape = replace(shape, around=around)
    tried = [Decimal(text) for text in PROBES]
    same = all(shape.text(one) == format_currency(one, code, locale=locale) for one in tried)
    return replace(shape, around=(_apart(around[0]), _apart(around[1]))) if same else None


def _apart(around: tuple[str, str]) -> tuple[str, str]:
    """English writes currencies without a sign of their own by letters: `RUB 100`."""
    before, after = around
    return (f"{before}\u00a0" if before[-1:].isalpha() else before, after)


def _locale() -> Locale:
    return _known_locale(get_language() or "en")


@cache
def _known_locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
