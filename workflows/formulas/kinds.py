"""Kinds of values in formulas, and how one is read as another. Empty values are harmless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from moneyed import Money

from workflows.formulas.errors import FormulaError
from workflows.values import MAX_TEXT, show

#: 28 digits, at most 10^100: no operation can make a number that takes time or memory.
MATH = Context(prec=28, Emax=100, Emin=-100, traps=[DivisionByZero, InvalidOperation, Overflow])
MAX_ITEMS = 10_000
MAX_DAYS = 1_000_000
WRITTEN = ("%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y")


@dataclass(frozen=True)
class Span:
    """A length of time: `3 дня`, `1 месяц`. `unit` as in `calendar_math.UNITS`."""

    count: int
    unit: str

    def __neg__(self) -> Span:
        return Span(-self.count, self.unit)


def number(value: Any) -> Decimal:
    """The value as a number; empty is 0."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, Money):
        return Decimal(value.amount)
    if isinstance(value, bool | int | Decimal):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, str):
        return _number_of(value)
    raise FormulaError(_("“%(value)s” is not a number.") % {"value": show(value)[:60]})


def _number_of(text: str) -> Decimal:
    try:
        plain = "".join(text.split()).replace(",", ".")
        read = MATH.create_decimal(plain)
    except DecimalException:
        read = Decimal("NaN")
    if not read.is_finite():
        raise FormulaError(_("“%(value)s” is not a number.") % {"value": text[:60]})
    return read


def whole(value: Any) -> int:
    """The value as a whole number, cut off towards zero."""
    read = number(value)
    if abs(read) > MAX_DAYS * 1000:
        raise FormulaError(_("The number is too large."))
    return int(read)


def text(value: Any) -> str:
    return limited(value if isinstance(value, str) else show(value))


def limited(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise FormulaError(_("The text becomes too long."))
    return value


def moment(value: Any) -> date | datetime | None:
    """A date or a date with time; empty stays empty."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    if isinstance(value, date):
        return value
    if isinstance(value, str) and (read := _moment_of(value.strip())):
        return read
    raise FormulaError(_("“%(value)s” is not a date.") % {"value": show(value)[:60]})


def _moment_of(written: str) -> date | datetime | None:
    try:
        if read := parse_date(written):
            return read
        if moment_ := parse_datetime(written):
            return moment_ if timezone.is_aware(moment_) else timezone.make_aware(moment_)
    except ValueError:
        return None
    for form in WRITTEN:
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def day(value: Any) -> date | None:
    read = moment(value)
    return read.date() if isinstance(read, datetime) else read


def truth(value: Any) -> bool:
    """Empty values, 0 and the words for "no" are false."""
    if isinstance(value, str):
        return value.strip().casefold() not in {"", "0", "n", "no", "false", "нет", "ложь"}
    return bool(number(value)) if isinstance(value, Money) else bool(value)


def items(value: Any) -> list[Any]:
    """The value as a list of those that are filled in."""
    if isinstance(value, list | tuple):
        if len(value) > MAX_ITEMS:
            raise FormulaError(_("The list has too many values."))
        return [one for one in value if one is not None and one != ""]
    return [] if value is None or value == "" else [value]


def anything(value: Any) -> Any:
    return value


READ: dict[str, Callable[[Any], Any]] = {
    "number": number,
    "whole": whole,
    "text": text,
    "date": moment,
    "bool": truth,
    "list": items,
    "any": anything,
}


def kind_of(value: Any) -> str:
    """The kind of a literal, for the check before anything runs."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, Decimal | int):
        return "number"
    if isinstance(value, Span | timedelta):
        return "span"
    if isinstance(value, date | time):
        return "date"
    return "text" if isinstance(value, str) else "any"


#: What a literal or a function's result can never be read as.
IMPOSSIBLE = {
    ("date", "number"),
    ("date", "whole"),
    ("span", "number"),
    ("span", "whole"),
    ("span", "date"),
    ("number", "date"),
    ("bool", "date"),
}
