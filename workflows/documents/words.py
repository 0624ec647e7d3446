"""Numbers, sums and dates in words, and Russian names in their cases."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

MAX = Decimal(10) ** 15
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
    "октября", "ноября", "декабря",
)  # fmt: skip
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
CASES = ("GENITIVE", "DATIVE", "ACCUSATIVE", "INSTRUMENTAL", "PREPOSITIONAL")
PARTS = 3


def in_words(value: Any, language: str) -> str:
    """A whole number, or one with a fraction, in words."""
    from num2words import num2words

    given = Decimal(value)
    if abs(given) >= MAX:
        return str(given)
    whole = given == given.to_integral_value()
    return str(num2words(int(given) if whole else given.normalize(), lang=language))


def amount_in_words(value: Any, currency: str, language: str) -> str:
    """`Сто двадцать рублей 50 копеек`. The hundredths stay digits, as in contracts.

    num2words takes an int for kopecks, so it is only ever given a Decimal.
    """
    from num2words import num2words

    given = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if abs(given) >= MAX:
        return f"{given} {currency}"
    between = "" if language == "ru" else " and"
    try:
        said = num2words(
            given, lang=language, to="currency", currency=currency, cents=False, separator=between
        )
    except NotImplementedError:
        hundredths = abs(given) % 1 * 100
        said = f"{in_words(int(given), language)} {currency} {int(hundredths):02}"
    return capital(str(said))


def date_in_words(value: date, language: str) -> str:
    """`24 ноября 2026 г.`, `24 November 2026`."""
    if language == "ru":
        return f"{value.day} {MONTHS[value.month - 1]} {value.year} г."
    return f"{value.day} {ENGLISH_MONTHS[value.month - 1]} {value.year}"


def date_all_in_words(value: date, language: str) -> str:
    """`двадцать четвёртое ноября две тысячи двадцать шестого года`."""
    from num2words import num2words

    if language != "ru":
        day = num2words(value.day, lang="en", to="ordinal")
        return f"{day} of {ENGLISH_MONTHS[value.month - 1]} {num2words(value.year, lang='en')}"
    day = num2words(value.day, lang="ru", to="ordinal", gender="n")
    year = num2words(value.year, lang="ru", to="ordinal", case="genitive")
    return f"{day} {MONTHS[value.month - 1]} {year} года"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def initials(name: str) -> str:
    """`Иванов Иван Петрович` → `Иванов И. П.`."""
    family, *given = name.split()[:PARTS] or [""]
    return " ".join([family, *(f"{one[0]}." for one in given)]).strip()


# --- cases ------------------------------------------------------------------------------


def declined(name: str, case: str) -> str:
    """A full name (family, given, patronymic) in a case of `CASES`; unchanged when it is not
    surely Russian or its gender cannot be told."""
    words = name.split()
    gender = _gender(words)
    if gender is None or not 1 < len(words) <= PARTS:
        return name
    from pytrovich.enums import Case, NamePart

    parts = (NamePart.LASTNAME, NamePart.FIRSTNAME, NamePart.MIDDLENAME)
    return " ".join(
        _maker().make(part, gender, getattr(Case, case), word)
        for part, word in zip(parts, words, strict=False)
    )


def _gender(words: list[str]) -> Any:
    """By the patronymic, else by the given name's commonest endings; None when unknown."""
    from pytrovich.detector import PetrovichGenderDetector

    if not all(_is_russian(word) for word in words) or len(words) < 2:  # noqa: PLR2004
        return None
    detector = PetrovichGenderDetector()
    given: dict[str, str] = {"lastname": words[0], "firstname": words[1]}
    if len(words) == PARTS:
        given = {"middlename": words[2]}
    try:
        found = detector.detect(**given)
    except Exception:  # noqa: BLE001 - the library raises bare ones for what it does not know
        return None
    return None if found is None or found.name == "ANDROGYNOUS" else found


def _is_russian(word: str) -> bool:
    return all(sign in "-" or "а" <= sign <= "я" or sign == "ё" for sign in word.casefold())


@cache
def _maker() -> Any:
    from pytrovich.maker import PetrovichDeclinationMaker

    return PetrovichDeclinationMaker()
