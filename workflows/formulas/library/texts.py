"""Texts. No result grows beyond the limit, and none is made before its length is known."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.formulas.errors import FormulaError
from workflows.formulas.formats import written
from workflows.formulas.kinds import MAX_TEXT, limited, text
from workflows.formulas.registry import function

texts = partial(function, group="texts")


def _size(length: int) -> None:
    if length > MAX_TEXT:
        raise FormulaError(_g("The text becomes too long."))


@texts("CONCAT СЦЕП СЦЕПИТЬ CONCATENATE", "any any*", "text", _("The texts one after another"),
       '=CONCAT([NAME]; " No. "; [ID])')  # fmt: skip
def concat(*given: Any) -> str:
    parts = [text(one) for one in given]
    _size(sum(map(len, parts)))
    return "".join(parts)


@texts("LEFT ЛЕВСИМВ", "text whole?", "text", _("The first characters"), "=LEFT([NAME]; 3)")
def left(value: str, count: int = 1) -> str:
    return value[: max(0, count)]


@texts("RIGHT ПРАВСИМВ", "text whole?", "text", _("The last characters"), "=RIGHT([NAME]; 3)")
def right(value: str, count: int = 1) -> str:
    return value[max(0, len(value) - count) :] if count > 0 else ""


@texts("MID ПСТР", "text whole whole", "text", _("Characters from a place, so many"),
       "=MID([NAME]; 2; 3)")  # fmt: skip
def mid(value: str, place: int, count: int) -> str:
    start = max(0, place - 1)
    return value[start : start + max(0, count)]


@texts("LEN ДЛСТР", "text", "number", _("The number of characters"), "=LEN([NAME])")
def len_(value: str) -> int:
    return len(value)


@texts("UPPER ПРОПИСН", "text", "text", _("In capital letters"), "=UPPER([NAME])")
def upper(value: str) -> str:
    return limited(value.upper())


@texts("LOWER СТРОЧН", "text", "text", _("In small letters"), "=LOWER([NAME])")
def lower(value: str) -> str:
    return limited(value.lower())


@texts("PROPER ПРОПНАЧ", "text", "text", _("Each word with a capital letter"), "=PROPER([NAME])")
def proper(value: str) -> str:
    return limited(value.title())


@texts("TRIM СЖПРОБЕЛЫ", "text", "text", _("Without needless spaces"), "=TRIM([NAME])")
def trim(value: str) -> str:
    return " ".join(value.split())


@texts("FIND НАЙТИ ПОИСК SEARCH", "text text", "number",
       _("The place of a text in another, 0 when it is not there"),
       '=FIND("-"; [NUMBER])')  # fmt: skip
def find(what: str, where: str) -> int:
    return where.casefold().find(what.casefold()) + 1


@texts("SUBSTITUTE ПОДСТАВИТЬ REPLACE ЗАМЕНИТЬ", "text text text", "text",
       _("One text put for another, everywhere"),
       '=SUBSTITUTE([PHONE]; " "; "")')  # fmt: skip
def substitute(value: str, old: str, new: str) -> str:
    if not old:
        return value
    _size(len(value) + value.count(old) * (len(new) - len(old)))
    return value.replace(old, new)


@texts("REPT ПОВТОР", "text whole", "text", _("The text so many times"), '=REPT("*"; 5)')
def rept(value: str, count: int) -> str:
    _size(len(value) * max(0, count))
    return value * max(0, count)


@texts("TEXT ТЕКСТ", "any text?", "text", _("A number or a date written in a format"),
       '=TEXT([DATE]; "dd.mm.yyyy")')  # fmt: skip
def text_(value: Any, form: str = "") -> str:
    return written(value, form)
