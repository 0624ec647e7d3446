"""A line's statistics as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from openlines.models import Channel
from openlines.selectors.line_statistics import Figures, Row, Statistics
from staff.models import Employee
from svod.base.formulas import neutralised

MINUTE = 60


def statistics_csv(found: Statistics) -> bytes:
    """UTF-8 with its mark and semicolons, as spreadsheets of this country read it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for cells in _lines(found):
        writer.writerow([neutralised(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _lines(found: Statistics) -> Iterator[list[str]]:
    yield [
        _("What"), _("Name"), _("Conversations"), pgettext("conversations", "Closed"),
        _("Without an answer"), _("First answer, minutes"), _("Votes"), _("Average vote"),
    ]  # fmt: skip
    yield [_("Total"), "", *_cells(found.total)]
    yield from _part(_("Operator"), found.by_operator)
    yield from _part(_("Channel"), found.by_channel)
    yield from _part(_("Day"), found.by_day)


def _part(name: str, rows: Iterable[Row]) -> Iterator[list[str]]:
    for row in rows:
        yield [name, _name(row), *_cells(row.figures)]


def _name(row: Row) -> str:
    if row.what is None:
        return _("Nobody")
    known = isinstance(row.what, Employee | Channel)
    return str(row.what) if known else row.what.isoformat()


def _cells(figures: Figures) -> list[str]:
    minutes = "" if figures.first is None else _number(figures.first.total_seconds() / MINUTE)
    vote = "" if figures.average is None else _number(float(figures.average))
    return [
        str(figures.number), str(figures.closed), str(figures.unanswered), minutes,
        str(figures.votes), vote,
    ]  # fmt: skip


def _number(value: float) -> str:
    """A comma, because the columns are apart by semicolons."""
    return f"{value:.1f}".replace(".", ",")
