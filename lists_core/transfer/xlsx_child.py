"""Reading a workbook. Runs in a limited child process only (`svod.base.sandbox`).

A few kilobytes of XLSX can ask for gigabytes: what can be seen beforehand is refused with a
reason, the rest ends with the child. Here stands nothing that needs Django.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

MAX_MEMBERS = 5_000
MAX_UNPACKED = 600 * 1024 * 1024
MAX_RATIO = 200
SMALL = 20 * 1024 * 1024
MAX_COLUMNS = 500
EXACT = 10**15  # whole numbers beyond this are not exact in a cell


class TooLarge(Exception):
    """The workbook unpacks to more than a table may be."""


class Damaged(Exception):
    """The file is no workbook that can be read."""


def sheet_names(source: IO[bytes], target: IO[bytes]) -> list[str]:
    """The names of the sheets that hold cells, hidden ones included."""
    return list(_open(source).sheet_names)


def to_csv(source: IO[bytes], target: IO[bytes], *, sheet: str, rows: int = 0) -> int:
    """Write a sheet as UTF-8 CSV, all of it or the first `rows`; returns how many it has."""
    found = _open(source).get_sheet_by_name(sheet)
    if found.width > MAX_COLUMNS:
        raise TooLarge("columns")
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\n")
    for number, cells in enumerate(found.iter_rows()):
        if rows and number >= rows:
            break
        writer.writerow(_texts(cells))
    text.flush()
    text.detach()
    return int(found.total_height)


def _open(source: IO[bytes]) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    _look_before(source)
    source.seek(0)
    try:
        return CalamineWorkbook.from_filelike(source)
    except CalamineError as error:
        raise Damaged(str(error)) from error


def _look_before(source: IO[bytes]) -> None:
    """Refuse bombs and entities by the archive's directory, before anything is unpacked."""
    try:
        with ZipFile(source) as archive:
            members = archive.infolist()
            _check_sizes([(item.file_size, item.compress_size) for item in members])
            for item in members:
                if item.filename.endswith((".xml", ".rels")):
                    _check_entities(archive.open(item).read(4096))
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Damaged(str(error)) from error


def _check_sizes(sizes: Sequence[tuple[int, int]]) -> None:
    unpacked = sum(size for size, _packed in sizes)
    packed = sum(packed for _size, packed in sizes) or 1
    if len(sizes) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise TooLarge("unpacked")
    if unpacked > SMALL and unpacked > MAX_RATIO * packed:
        raise TooLarge("ratio")


def _check_entities(head: bytes) -> None:
    if b"<!DOCTYPE" in head.replace(b"\x00", b"").upper():
        raise Damaged("DOCTYPE")


def _texts(cells: Iterable[Any]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as import reads it: ISO dates, numbers with a point and without an exponent."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < EXACT
        return str(int(cell)) if whole else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell)
