"""Cells of exported tables: values in a form that other programs read and never execute."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from svod.base.formulas import neutralised

MAX_EXACT_DIGITS = 15  # a cell of a workbook is a binary fraction and holds no more
Cell = str | int | Decimal | date


def csv_text(cell: Cell, *, decimal_sign: str) -> str:
    """A cell of a CSV file: numbers without spaces, dates in ISO form, texts made harmless."""
    if isinstance(cell, str):
        return neutralised(cell)
    if isinstance(cell, datetime):
        return _moment_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return format(cell, "f" if isinstance(cell, Decimal) else "d").replace(".", decimal_sign)


def _moment_text(moment: datetime) -> str:
    """Local time; with its offset in the hour that summer time repeats."""
    return (
        moment.isoformat(sep=" ") if moment.fold else moment.replace(tzinfo=None).isoformat(sep=" ")
    )


def places_of(number: Decimal | int) -> int | None:
    """Digits after the point, or None when a workbook's cell would round the number."""
    _sign, digits, exponent = Decimal(number).as_tuple()
    if len(digits) > MAX_EXACT_DIGITS and not _is_exact(Decimal(number)):
        return None
    return max(-int(exponent), 0)


def _is_exact(number: Decimal) -> bool:
    return len(number.normalize().as_tuple().digits) <= MAX_EXACT_DIGITS
