"""Writing tables row by row: CSV and XLSX, both in memory that does not grow with the rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from tempfile import gettempdir
from typing import IO, Any, Protocol

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from lists_core.grid.columns import usual_width
from lists_core.schema.fields import SchemaField
from lists_core.transfer.cells import Cell, csv_text, places_of
from svod.base.formulas import neutralised

SHEET_ROWS = 1_048_575  # without the headings
CELL_SIGNS = 32_767
FIRST_YEAR = 1900  # workbooks know no day before it
SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
PIXELS_A_SIGN = 8


class TableWriter(Protocol):
    """A table being written: the headings are there already, `close` finishes the file."""

    def write(self, cells: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


class CsvTable:
    """UTF-8 with its mark, so that spreadsheets know. With semicolons the decimal sign is a
    comma, as programs that expect the one expect the other."""

    def __init__(self, target: IO[bytes], fields: Sequence[SchemaField], *, separator: str) -> None:
        self.decimal_sign = "," if separator == ";" else "."
        self.text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.text, delimiter=separator, lineterminator="\r\n")
        self.writer.writerow([neutralised(str(field.name)) for field in fields])

    def write(self, cells: Sequence[Cell]) -> None:
        self.writer.writerow([csv_text(cell, decimal_sign=self.decimal_sign) for cell in cells])

    def close(self) -> None:
        self.text.flush()
        self.text.detach()


class WorkbookTable:
    """One sheet with native numbers and dates. Texts are written as texts: no cell is ever a
    formula or a link. `cut` counts texts longer than a cell can hold."""

    def __init__(self, target: IO[bytes], fields: Sequence[SchemaField], *, title: str) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "tmpdir": gettempdir(),
        }
        self.cut = 0
        self.book = xlsxwriter.Workbook(target, options)
        self.sheet: Worksheet = self.book.add_worksheet(sheet_name(title))
        self.formats: dict[str, Any] = {}
        self.groups = [not field.field.settings.get("plain") for field in fields]
        self.row = 0
        self._head(fields)

    def _head(self, fields: Sequence[SchemaField]) -> None:
        bold = self.book.add_format({"bold": True, "bg_color": "#E6EAF0", "bottom": 1})
        for place, field in enumerate(fields):
            self.sheet.set_column(place, place, _width(field))
        self.sheet.freeze_panes(1, 0)
        for place, field in enumerate(fields):
            self.sheet.write_string(0, place, str(field.name), bold)

    def write(self, cells: Sequence[Cell]) -> None:
        self.row += 1
        for place, cell in enumerate(cells):
            if cell != "":
                self._write(place, cell)

    def _write(self, place: int, cell: Cell) -> None:
        if isinstance(cell, str):
            self._write_text(place, cell)
        elif isinstance(cell, date):
            self._write_day(place, cell)
        elif (places := places_of(cell)) is None:
            self._write_text(place, format(cell, "f"))
        else:
            self.sheet.write_number(
                self.row, place, float(cell), self._number_format(place, places)
            )

    def _write_text(self, place: int, text: str) -> None:
        if len(text) > CELL_SIGNS:
            self.cut += 1
            text = text[: CELL_SIGNS - 1] + "…"
        self.sheet.write_string(self.row, place, text)

    def _write_day(self, place: int, day: date) -> None:
        """A day before FIRST_YEAR is written as a text."""
        if day.year < FIRST_YEAR:
            self._write_text(place, csv_text(day, decimal_sign="."))
        elif isinstance(day, datetime):
            pattern = "dd.mm.yyyy hh:mm:ss" if day.second else "dd.mm.yyyy hh:mm"
            local = day.replace(tzinfo=None)
            self.sheet.write_datetime(self.row, place, local, self._format(pattern))
        else:
            self.sheet.write_datetime(self.row, place, day, self._format("dd.mm.yyyy"))

    def _number_format(self, place: int, places: int) -> Any:
        whole = "#,##0" if self.groups[place] else "0"
        return self._format(f"{whole}.{'0' * places}" if places else whole)

    def _format(self, pattern: str) -> Any:
        if pattern not in self.formats:
            self.formats[pattern] = self.book.add_format({"num_format": pattern})
        return self.formats[pattern]

    def close(self) -> None:
        self.book.close()


def sheet_name(title: str) -> str:
    """The title as Excel takes it for a sheet: 31 signs, none of its own."""
    return SHEET_NAME.sub(" ", title).strip("' ")[:31].strip("' ") or "1"


def _width(field: SchemaField) -> int:
    """In signs, about as wide as the grid shows the column."""
    return usual_width(field) // PIXELS_A_SIGN
