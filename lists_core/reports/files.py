"""A report as a file: a line for each group, or for each pair of groups; currencies apart."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _

from lists_core.models import Field
from lists_core.reports.answer import Answer, Group, Tally
from lists_core.reports.measures import rounded
from lists_core.reports.question import Measured
from lists_core.schema.fields import SchemaField
from lists_core.transfer.cells import Cell
from lists_core.transfer.writers import CsvTable, TableWriter, WorkbookTable

PLACES = 4
Column = tuple[int, Measured, str]
"""A measure by its place, and one of its splits."""


def report_csv(got: Answer) -> bytes:
    target = BytesIO()
    _write(CsvTable(target, _heads(got), separator=";"), got)
    return target.getvalue()


def report_xlsx(got: Answer, *, title: str) -> bytes:
    target = BytesIO()
    _write(WorkbookTable(target, _heads(got), title=title), got)
    return target.getvalue()


def _write(table: TableWriter, got: Answer) -> None:
    columns = _columns(got)
    groups = got.question.groups
    for names, tally in _lines(got):
        table.write([*names, *(_cell(tally, column) for column in columns)])
    total = [_("Total"), *[""] * (len(groups) - 1)] if groups else []
    table.write([*total, *(_cell(got.total, column) for column in columns)])
    table.close()


def _lines(got: Answer) -> list[tuple[list[str], Tally]]:
    if not got.columns:
        return [([line.name], got.by_line[line.key]) for line in got.lines]
    pairs: list[tuple[Group, Group]] = [(one, two) for one in got.lines for two in got.columns]
    return [
        ([one.name, two.name], got.cells[one.key, two.key])
        for one, two in pairs
        if (one.key, two.key) in got.cells
    ]


def _columns(got: Answer) -> list[Column]:
    columns: list[Column] = []
    for place, measured in enumerate(got.question.measures):
        splits = [split for split, _number in got.total.values(place, measured)]
        columns += [(place, measured, split) for split in splits or [measured.usual]]
    return columns


def _cell(tally: Tally, column: Column) -> Cell:
    place, measured, split = column
    number = dict(tally.values(place, measured)).get(split)
    return "" if number is None else _rounded(Decimal(number))


def _rounded(number: Decimal) -> Decimal:
    """Four digits after the point at most, and no zeros at its end."""
    exact = rounded(number, PLACES).normalize()
    return exact + 0 if exact.is_finite() else exact


def _heads(got: Answer) -> list[SchemaField]:
    names = [(group.name, "string") for group in got.question.groups]
    for _place, measured, split in _columns(got):
        names.append((f"{measured.name}, {split}" if split else measured.name, "number"))
    return [SchemaField.of(Field(name=name, type=kind, settings={})) for name, kind in names]
