"""What a column holds, judged by its texts: the type of the field it should become."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from lists_core.field_types.base import field_types
from lists_core.field_types.date import parse_date
from lists_core.field_types.datetime import parse_moment

EMPTY_WORDS = ("NA", "N/A", "NULL", "None", "-", "—")
YES_NO = frozenset({"да", "нет", "yes", "no", "true", "false", "истина", "ложь", "y", "n"})
NUMBER = re.compile(r"[+−-]?(\d+|\d{1,3}([ \u00a0\u202f]\d{3})+)([.,]\d+)?")
YEAR = re.compile(r"1\d{3}|20\d\d|21\d\d")
NUMBERED_ZERO = re.compile(r"[+−-]?0\d")
MOMENT = re.compile(r"[\d./-]{6,10}[ T]\d{1,2}:\d\d.*", re.DOTALL)
DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
URL = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
PHONE = re.compile(r"(\+|8[ (-])[\d() .-]{9,20}(\s*(доб|ext)\.?\s*\d+)?", re.IGNORECASE)
CODE_NAMES = re.compile(r"(год|year|код|code|номер|number|id|№|инн|кпп|hour|minute|время|time)")
MAX_NUMBER = 15  # longer rows of digits are codes, not amounts
MAX_CHOICES = 24
MAX_CHOICE = 40
LONG_TEXT = 120


@dataclass(frozen=True)
class Guess:
    """A field type's slug with its settings."""

    type: str
    settings: dict[str, Any] = field(default_factory=dict)


Rule = Callable[[str, Sequence[str], Collection[str]], dict[str, Any] | None]
"""Heading, filled texts, the distinct ones among them → settings when the type fits."""


def guess_columns(
    headings: Sequence[str], rows: Sequence[Sequence[str]], empty: Collection[str]
) -> list[Guess]:
    """A guess for each heading, from rows as wide as the headings or narrower."""
    columns: list[list[str]] = [[] for _heading in headings]
    for row in rows:
        for column, text in zip(columns, row, strict=False):
            if (filled := text.strip()) and filled not in empty:
                column.append(filled)
    return [guess(name, texts) for name, texts in zip(headings, columns, strict=True)]


def guess(heading: str, texts: Sequence[str]) -> Guess:
    """The first type in RULES that all the texts fit; a string when none does."""
    distinct = set(texts)
    for slug, rule in RULES:
        settings = rule(heading.casefold(), texts, distinct) if distinct else None
        if settings is not None and slug in field_types:
            return Guess(slug, settings)
    return Guess("string", {"rows": 4 if _is_long(distinct) else 1})


def _all(pattern: re.Pattern[str]) -> Rule:
    def rule(heading: str, texts: Sequence[str], distinct: Collection[str]) -> Any:
        return {} if all(map(pattern.fullmatch, distinct)) else None

    return rule


def _parsed(pattern: re.Pattern[str], parse: Callable[[str], Any]) -> Rule:
    def rule(heading: str, texts: Sequence[str], distinct: Collection[str]) -> Any:
        if not all(map(pattern.fullmatch, distinct)):
            return None
        try:
            for text in distinct:
                parse(text)
        except ValidationError:
            return None
        return {}

    return rule


def _boolean(heading: str, texts: Sequence[str], distinct: Collection[str]) -> Any:
    return {} if {text.casefold() for text in distinct} <= YES_NO else None


def _number(heading: str, texts: Sequence[str], distinct: Collection[str]) -> Any:
    """Amounts; rows of digits with a zero in front or too long to be one stay text."""
    for text in distinct:
        if not NUMBER.fullmatch(text) or NUMBERED_ZERO.match(text) or len(text) > MAX_NUMBER:
            return None
    places = max(len(re.split("[.,]", text)[1]) if _point(text) else 0 for text in distinct)
    plain = not places and (bool(CODE_NAMES.search(heading)) or _are_years(distinct))
    return {"precision": min(places, 10), "unit": "", "plain": plain}


def _point(text: str) -> bool:
    return "." in text or "," in text


def _are_years(distinct: Collection[str]) -> bool:
    return all(map(YEAR.fullmatch, distinct))


def _choice(heading: str, texts: Sequence[str], distinct: Collection[str]) -> Any:
    """Few short values that repeat again and again."""
    few = len(distinct) <= MAX_CHOICES and len(texts) >= 5 * len(distinct)
    short = all(len(text) <= MAX_CHOICE and "\n" not in text for text in distinct)
    return {"grow": True} if few and short and len(distinct) > 1 else None


def _is_long(distinct: Collection[str]) -> bool:
    return any("\n" in text or len(text) > LONG_TEXT for text in distinct)


RULES: tuple[tuple[str, Rule], ...] = (
    ("boolean", _boolean),
    ("number", _number),
    ("datetime", _parsed(MOMENT, parse_moment)),
    ("date", _parsed(DAY, parse_date)),
    ("email", _all(EMAIL)),
    ("url", _all(URL)),
    ("phone", _all(PHONE)),
    ("list", _choice),
)
