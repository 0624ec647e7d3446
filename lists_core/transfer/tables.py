"""Reading a table file row by row: one generator for CSV of any kind and XLSX."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import islice
from typing import IO, Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from lists_core.models import StoredFile
from lists_core.transfer.encodings import detect_encoding
from lists_core.transfer.xlsx_child import MAX_COLUMNS
from svod.base.errors import Invalid
from svod.base.sandbox import CallFailed, LimitReached, run_limited

SEPARATORS = (";", "\t", ",", "|")
HEAD_BYTES = 256 * 1024
MAX_CELL = 1_000_000
MAX_ROW = 8 * MAX_CELL
SAMPLE_ROWS = 1_000
SAMPLE_LIFE_S = 600
XLSX_MARK = b"PK\x03\x04"
OLD_XLS_MARK = b"\xd0\xcf\x11\xe0"
Rows = Iterator[list[str]]
Line = tuple[int, list[str]]
"""A row of the file with its number there."""
#: What a batch and a sample hold at most, and what a cell takes besides its signs.
BATCH_SIGNS, SAMPLE_SIGNS, CELL_COST = 25_000_000, 5_000_000, 50


@dataclass(frozen=True)
class Layout:
    """How a file is to be read. `header` is the number of the row with headings, 0 for none;
    rows above it are passed over. `sheet` names an XLSX sheet and is "" for text files."""

    sheet: str = ""
    encoding: str = "utf-8-sig"
    separator: str = ","
    header: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def is_workbook(file: StoredFile) -> bool:
    """Judged by the content. Raises Invalid for the binary XLS of old."""
    with opened(file) as content:
        mark = content.read(4)
    if mark == OLD_XLS_MARK:
        raise invalid(_("This is an old XLS file. Save it as XLSX or CSV."))
    return mark == XLSX_MARK


def sheets_of(file: StoredFile) -> list[str]:
    """Names of an XLSX file's sheets, [] for a text file. Raises Invalid."""
    if not is_workbook(file):
        return []
    key = f"import-sheets-{file.pk}"
    names = cache.get(key)
    if names is None:
        names = _in_child("sheet_names", file, None, {}, wall_s=30)
        cache.set(key, names, SAMPLE_LIFE_S)
    return [str(name) for name in names]


def detect_layout(file: StoredFile) -> Layout:
    """The likely layout of an uploaded file. Raises Invalid for what is no table."""
    sheets = sheets_of(file)
    if sheets:
        layout = Layout(sheet=sheets[0])
    else:
        head = _head(file)
        encoding = detect_encoding(head)
        text = head.decode(encoding, errors="replace")
        layout = Layout(encoding=encoding, separator=detect_separator(text))
    return replace(layout, header=find_header(sample(file, layout)))


def sample(file: StoredFile, layout: Layout) -> list[list[str]]:
    """The first rows as they stand, headings included: SAMPLE_ROWS, fewer where they are long.
    Raises Invalid."""
    if not layout.sheet:
        return _first_rows(file, layout)
    sheets = sheets_of(file)
    if layout.sheet not in sheets:
        raise invalid(_("There is no such sheet in the file."))
    key = f"import-sample-{file.pk}-{sheets.index(layout.sheet)}"
    kept: list[list[str]] | None = cache.get(key)
    if kept is None:
        kept = _first_rows(file, layout)
        cache.set(key, kept, SAMPLE_LIFE_S)
    return kept


def _first_rows(file: StoredFile, layout: Layout) -> list[list[str]]:
    with open_rows(file, layout, limit=SAMPLE_ROWS) as rows:
        return [row for _number, row in _some(enumerate(rows), SAMPLE_ROWS, SAMPLE_SIGNS)]


def _some(rows: Iterator[Line], size: int, signs: int) -> list[Line]:
    """The next rows, at most so many; after so many signs there come no more."""
    some: list[Line] = []
    for line in islice(rows, size):
        some.append(line)
        signs -= len(line[1]) * CELL_COST + sum(map(len, line[1]))
        if signs <= 0:
            break
    return some


@contextmanager
def open_rows(file: StoredFile, layout: Layout, *, limit: int = 0) -> Iterator[Rows]:
    """Every row of the file from its first line on, as lists of texts. Raises Invalid."""
    with _as_text(file, layout, limit) as lines:
        separator = "," if layout.sheet else layout.separator
        yield _parsed(lines, separator)


def read_ahead(rows: Iterator[Line], size: int) -> Iterator[list[Line]]:
    """Batches of at most so many rows, fewer where they are long; the next batch is read while
    the present one is worked on."""

    read = partial(_some, rows, size, BATCH_SIGNS)
    # The thread speaks the language of the caller: a damaged file is a message for a person.
    context = copy_context()
    with ThreadPoolExecutor(1, "read-ahead") as reader:
        coming = reader.submit(context.run, read)
        while batch := coming.result():
            coming = reader.submit(context.run, read)
            yield batch


def count_lines(file: StoredFile, layout: Layout) -> int:
    """About how many rows there are: line ends, which quoted cells may add to."""
    with _as_text(file, layout, 0) as lines:
        return sum(chunk.count("\n") for chunk in iter(lambda: lines.read(1 << 20), ""))


def detect_separator(text: str) -> str:
    """The separator that splits the lines most evenly into more than one column."""
    lines = text.splitlines()[:-1] or text.splitlines()

    def evenness(separator: str) -> tuple[float, int]:
        rows = list(islice(_parsed(io.StringIO("\n".join(lines)), separator), 60))
        widths = Counter(len(row) for row in rows if row)
        width, times = widths.most_common(1)[0] if widths else (1, 0)
        return (times / len(rows) if width > 1 else 0.0), width

    return max(SEPARATORS, key=evenness)


def find_header(rows: list[list[str]]) -> int:
    """The number of the row with headings: the first full one without numbers; 0 for none."""
    widest = max((_filled(row) for row in rows[:50]), default=0)
    for number, row in enumerate(rows[:10] if widest else [], start=1):
        if _filled(row) * 10 >= widest * 7:
            return number if not any(_looks_like_data(cell) for cell in row) else 0
    return 0


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _looks_like_data(cell: str) -> bool:
    return any(sign.isdigit() for sign in cell) and not any(sign.isalpha() for sign in cell)


def _parsed(lines: Any, separator: str) -> Rows:
    csv.field_size_limit(MAX_CELL)
    text = _Text(lines)
    reader = csv.reader(text.lines(), delimiter=separator)
    try:
        for row in reader:
            text.signs = 0
            if len(row) > MAX_COLUMNS:
                raise invalid(_too_wide())
            yield row
    except csv.Error:
        raise _unreadable(reader.line_num) from None


@dataclass
class _Text:
    """The lines of a table. A row without an end is refused before it fills the memory: be it one
    line or many, within quotes. `signs` is the length of the row that is being read."""

    file: Any
    signs: int = 0

    def lines(self) -> Iterator[str]:
        for number, line in enumerate(iter(partial(self.file.readline, MAX_ROW), ""), start=1):
            self.signs += len(line)
            if self.signs >= MAX_ROW:
                raise _unreadable(number)
            yield line


def _unreadable(line: int) -> Invalid:
    message = _("Line %(line)d cannot be read: a cell is too long or its quote is not closed.")
    return invalid(message % {"line": line})


@contextmanager
def _as_text(file: StoredFile, layout: Layout, limit: int) -> Iterator[io.TextIOWrapper]:
    """The file's text; bytes that do not fit the encoding become U+FFFD and fail their cell."""
    if layout.sheet:
        with tempfile.TemporaryFile() as converted:
            args = {"sheet": layout.sheet, "rows": limit}
            _in_child("to_csv", file, converted, args, wall_s=60 if limit else 600)
            converted.seek(0)
            yield io.TextIOWrapper(converted, encoding="utf-8", newline="")
        return
    with opened(file) as content:
        yield io.TextIOWrapper(content, encoding=layout.encoding, errors="replace", newline="")


def _in_child(
    function: str, file: StoredFile, target: IO[bytes] | None, args: dict[str, Any], *, wall_s: int
) -> Any:
    try:
        with opened(file) as content:
            return run_limited(
                f"lists_core.transfer.xlsx_child:{function}",
                args,
                source=content,
                target=target,
                cpu_s=wall_s,
                memory_mb=2048,
                wall_s=wall_s,
                output_mb=1024,
            )
    except LimitReached:
        raise invalid(_("The table is too large to be read.")) from None
    except CallFailed as error:
        raise invalid(_reason(error)) from None


def _reason(error: CallFailed) -> str:
    if error.kind == "TooLarge":
        return _too_wide() if str(error) == "columns" else _("The table is too large to be read.")
    if error.kind == "WorksheetNotFound":
        return _("There is no such sheet in the file.")
    return _("The file is damaged or is not an XLSX table.")


def opened(file: StoredFile) -> Any:
    """The file's bytes by a handle of their own: a FieldFile has but one for all its readers."""
    return file.content.storage.open(str(file.content.name), "rb")


def _too_wide() -> str:
    return _("The table has more than %(count)d columns.") % {"count": MAX_COLUMNS}


def _head(file: StoredFile) -> bytes:
    with opened(file) as content:
        head: bytes = content.read(HEAD_BYTES)
    if not head.strip():
        raise invalid(_("The file is empty."))
    return head


def invalid(message: str) -> Invalid:
    """A refusal of the file itself, for the form's file control."""
    return Invalid({"file": [message]}, message)
