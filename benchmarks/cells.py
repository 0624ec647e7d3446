"""What was measured, cell by cell, and the tables of it.

A cell is a number of elements, of fields and of lists in the database. Each is kept in
`cells.json` as soon as it is measured, so that a run that was broken off goes on where it was and
one cell can be measured by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent / "cells.json"
#: As measured for design.md §7; a bar with a letter holds at that size alone.
BARS = {
    "page of 50 as JSON": "≤ 2.5 ×, ≤ 10 ms at 100k",
    "filtered by a choice and a range": "≤ 30 ms at 100k",
    "sorted by a number": "≤ 15 ms at 100k",
    "sorted by a text": "≤ 15 ms at 100k",
    "a part of a text": "≤ 50 ms at 100k",
    "table of 50 × 10 as HTML, CPU": "≤ 1.5 ×",
    "table of 50 × 10 as HTML": "≤ 2.5 ×",
    "create, with history and outbox": "≤ 9 ms",
    "update, with history and outbox": "≤ 9 ms",
    "import, rows/s": "–",
    "export to XLSX, rows/s": "≥ 5,000",
}


@dataclass(frozen=True, order=True)
class Cell:
    fields: int
    lists: int
    rows: int

    @property
    def key(self) -> str:
        return f"{self.rows}x{self.fields}x{self.lists}"


@dataclass(frozen=True)
class Figure:
    """Of ours, of the limit, and the median of the paired ratios, more than 1 being slower."""

    ours: float
    limit: float | None
    ratio: float | None

    def text(self) -> str:
        ours = f"{self.ours:,.0f}" if self.ours >= 100 else f"{self.ours:.1f}"
        if self.limit is None:
            return ours
        limit = f"{self.limit:,.0f}" if self.limit >= 100 else f"{self.limit:.1f}"
        return f"{ours} / {limit} ({self.ratio:.2f})"


def kept() -> dict[str, dict[str, Any]]:
    """Key of a cell → `{"at", "load", "commit", "figures": {work: figure}}`."""
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def keep(cell: Cell, figures: dict[str, Figure], **about: Any) -> None:
    """What was measured of the cell before and is not measured now stays."""
    known = kept()
    found = known.get(cell.key, {}).get("figures", {})
    found |= {name: asdict(one) for name, one in figures.items()}
    known[cell.key] = {**about, "figures": found}
    KEPT.write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def tables() -> str:
    """A table for each number of fields and lists, with a column for each number of elements."""
    known = {_cell(key): about for key, about in kept().items()}
    pairs = sorted({(cell.fields, cell.lists) for cell in known})
    return "\n\n".join(_table(fields, lists, known) for fields, lists in pairs) + "\n"


def _cell(key: str) -> Cell:
    rows, fields, lists = map(int, key.split("x"))
    return Cell(fields, lists, rows)


def _table(fields: int, lists: int, known: dict[Cell, dict[str, Any]]) -> str:
    cells = sorted(cell for cell in known if (cell.fields, cell.lists) == (fields, lists))
    heads = " | ".join(f"{cell.rows:,} elements" for cell in cells)
    title = f"**{fields} fields, {_lists(lists)} in the database.** {_when(cells, known)}"
    lines = [title, "", f"| work | {heads} | bar |", f"|---|{'---|' * len(cells)}---|"]
    return "\n".join([*lines, *(_line(work, cells, known) for work in BARS)])


def _lists(number: int) -> str:
    return "1 list" if number == 1 else f"{number:,} lists"


def _when(cells: Sequence[Cell], known: dict[Cell, dict[str, Any]]) -> str:
    loads = ", ".join(f"{known[cell]['load']:.1f}" for cell in cells)
    commits = ", ".join(_once(known[cell]["commit"] for cell in cells))
    return f"Commit {commits}; load when each cell began: {loads}."


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _line(work: str, cells: Sequence[Cell], known: dict[Cell, dict[str, Any]]) -> str:
    found = [known[cell]["figures"].get(work) for cell in cells]
    texts = [Figure(**one).text() if one else "–" for one in found]
    return f"| {work} | {' | '.join(texts)} | {BARS[work]} |"
