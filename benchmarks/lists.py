"""`python -m benchmarks.lists`: every row about lists of design.md §7, cell by cell.

A cell is a number of elements, of fields and of lists in the database. `BENCH_ROWS`,
`BENCH_FIELDS` and `BENCH_LISTS` (numbers with commas) choose the cells, all twelve otherwise;
`BENCH_WORKS` (pages, writes, tables) what of a cell is measured, `BENCH_ROUNDS` the number of
pairs. `BENCH_RESUME=1` passes over cells measured in the last twelve hours, `BENCH_QUICK=1`
measures the smallest cell with few pairs and writes nothing.
Figures go into `cells.json` and, as tables, into RESULTS.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count, groupby
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks import cells, lists_world, report
from benchmarks.cells import Cell, Figure
from benchmarks.lists_by_hand import Handmade, add_indexes
from benchmarks.lists_tables import export_by_hand, import_by_hand, our_export, our_import
from benchmarks.lists_world import World
from benchmarks.measure import compare
from benchmarks.place import database, machine
from lists_core.services.elements import create_element, update_element
from staff.models import Employee

QUICK = bool(os.environ.get("BENCH_QUICK"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5" if QUICK else "30"))
WORKS = os.environ.get("BENCH_WORKS", "pages,writes,tables").split(",")
FRESH = timedelta(hours=12)
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
#: Import and export are measured with so many values at most, where there are no other lists.
VALUES = 1_000_000
HEAD = """# Results of `make bench`

{machine}. `make bench` runs everything (`python -m benchmarks --list` names the parts with their
minutes); this part is `python -m benchmarks.lists`. "Ours / by hand (ratio)": medians in ms, and
the median of the paired ratios, the two taken in turns in one process on the same rows. By hand
(`benchmarks/lists_by_hand.py`) is a model with plain columns and the same indexes, a view and a
template written for this one list, behind the middleware of a new Django project and a sign-in.
Ours goes through the address of the list with everything that a person gets: rights, notes of
what is asked, menus of rows. JSON has all fields, HTML ten columns. Lines in "rows/s" compare
speeds, with a million values at most; there too a ratio above 1 is slower than by hand. "1 list"
is a database with no other lists than those of this table.

"""


def wanted() -> list[Cell]:
    rows = _numbers("BENCH_ROWS", "10000" if QUICK else "10000,100000,1000000")
    fields = _numbers("BENCH_FIELDS", "5" if QUICK else "5,50")
    lists = _numbers("BENCH_LISTS", "1" if QUICK else "1,1000")
    found = [Cell(f, one, r) for one in lists for r in rows for f in fields]
    return [cell for cell in found if not _is_fresh(cell)]


def _numbers(name: str, usual: str) -> list[int]:
    return sorted(int(part) for part in os.environ.get(name, usual).split(","))


def _is_fresh(cell: Cell) -> bool:
    known = cells.kept().get(cell.key) if os.environ.get("BENCH_RESUME") else None
    return bool(known) and timezone.now() - datetime.fromisoformat(known["at"]) < FRESH


# --- one cell ---------------------------------------------------------------------------


class Measured:
    """A list, its hand-written twin, and a browser of each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hand = Handmade(world)
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(world.actor, backend="staff.backends.EmployeeBackend")
        self.learn()

    def learn(self) -> None:
        """Ask once, so that the keeper builds the indexes that these questions need."""
        lists_world.build_indexes()
        for ours, _theirs in self.questions().values():
            self.json(**ours)()
        lists_world.build_indexes()
        add_indexes(self.hand)

    def questions(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """Work → what is asked of ours and of the limit."""
        state = self.world.schema["STATE"].field.options_by_id
        both = (
            f'{{"and":[{{"field":"STATE","op":"any_of","value":["{min(state)}"]}},'
            '{"field":"WEIGHT","op":"between","value":["100","300"]}]}'
        )
        part = '{"and":[{"field":"PARTNER","op":"contains","value":["ner 123"]}]}'
        return {
            "page of 50 as JSON": ({}, {}),
            "filtered by a choice and a range": (
                {"filter": both},
                {"state": "0", "low": "100", "high": "300"},
            ),
            "sorted by a number": ({"sort": "WEIGHT"}, {"sort": "weight"}),
            "sorted by a text": ({"sort": "PARTNER"}, {"sort": "partner"}),
            "a part of a text": ({"filter": part}, {"part": "ner 123"}),
        }

    def json(self, **query: str) -> Callable[[], Any]:
        return _getter(self.client, reverse("list_data", args=[self.world.list.pk]), query, {})

    def html(self) -> Callable[[], Any]:
        url = reverse("list", args=[self.world.list.pk])
        return _getter(self.client, url, {"columns": ",".join(self.world.shown)}, PART)

    def by_hand(self, **query: str) -> Callable[[], Any]:
        return _getter(self.hand.client, "/contracts/", query, {})

    def figures(self, *, tables: bool) -> Iterator[tuple[str, Figure]]:
        if "pages" in WORKS:
            yield from self.pages()
        if "writes" in WORKS:
            yield from self.writes()
        if "tables" in WORKS and tables:
            yield from self.tables()

    def pages(self) -> Iterator[tuple[str, Figure]]:
        for work, (ours, theirs) in self.questions().items():
            mine, limit = self.json(**ours), self.by_hand(json="1", **theirs)
            _same(work, mine().json(), limit().json())
            yield work, _pairs(mine, limit)
        table, by_hand = self.html(), self.by_hand()
        yield "table of 50 × 10 as HTML, CPU", _pairs(table, by_hand, cpu=True)
        yield "table of 50 × 10 as HTML", _pairs(table, by_hand)

    def writes(self) -> Iterator[tuple[str, Figure]]:
        list_id, actor, numbers = self.world.list.pk, self.world.actor, count()
        values = {"NAME": "one", "PARTNER": "two"}
        yield (
            "create, with history and outbox",
            _pairs(
                lambda: create_element(list_id, values, actor=actor),
                lambda: self.hand.create({"name": "one", "partner": "two"}),
            ),
        )
        rows = self.world.schema.model.objects.order_by("pk")
        first, version = rows.values_list("pk", "version")[0]
        versions = count(version)  # the cell of one list has been measured in the same rows
        yield (
            "update, with history and outbox",
            _pairs(
                lambda: update_element(list_id, first, {"WEIGHT": next(numbers) + 2000},
                                       version=next(versions), actor=actor),
                lambda: self.hand.update(1, next(numbers)),
            ),
        )  # fmt: skip

    def tables(self) -> Iterator[tuple[str, Figure]]:
        world = self.world
        rows = min(world.rows, VALUES // len(world.columns) // 2)
        ours, theirs = our_import(world, rows), import_by_hand(self.hand, rows)
        yield "import, rows/s", _speeds(rows, ours, theirs)
        if world.rows * len(world.columns) <= VALUES:
            ours, theirs = our_export(world), export_by_hand(self.hand)
            yield "export to XLSX, rows/s", _speeds(world.rows + rows, ours, theirs)


def _getter(client: Client, url: str, query: dict[str, str], headers: Any) -> Callable[[], Any]:
    def get() -> Any:
        response = client.get(url, query, headers=headers)
        if response.status_code != 200:
            raise RuntimeError(f"{url} {query} answered {response.status_code}")
        return response

    return get


def _same(work: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Both must show the same rows, or nothing is compared."""
    mine = [row["fields"]["NAME"] for row in ours["elements"]]
    if mine != [row["name"] for row in theirs["elements"]] or not mine:
        raise RuntimeError(f"{work}: the two do not find the same")


def _pairs(ours: Callable[[], Any], limit: Callable[[], Any], *, cpu: bool = False) -> Figure:
    line = compare("", ours, limit, bar="", rounds=ROUNDS, cpu=cpu)
    return Figure(line.ours, line.limit, line.ratio)


def _speeds(rows: int, ours: Callable[[], Any], limit: Callable[[], Any]) -> Figure:
    """One call of each, in rows a second."""
    mine, theirs = _seconds(ours), _seconds(limit)
    return Figure(rows / mine, rows / theirs, mine / theirs)


def _seconds(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


# --- all of them ------------------------------------------------------------------------


def measure(chosen: list[Cell]) -> None:
    """The lists of all cells of one number of lists stand in one database, with others beside."""
    actor = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    made: dict[tuple[int, int], Measured] = {}
    there = 0
    for lists, group in groupby(chosen, key=lambda cell: cell.lists):
        for cell in group:
            if lists > 1 and not there:
                there = lists - len({(c.rows, c.fields) for c in chosen})
                _say(f"making {there} other lists")
                lists_world.more_lists(there, actor)
            known = made.get((cell.rows, cell.fields))
            if known is None:
                _say(f"making {cell.rows:,} elements with {cell.fields} fields")
                known = Measured(lists_world.make(cell.rows, cell.fields, actor))
                made[cell.rows, cell.fields] = known
            _one(cell, known)


def _one(cell: Cell, measured: Measured) -> None:
    about = {"at": timezone.now().isoformat(timespec="minutes"), "load": os.getloadavg()[0],
             "commit": _commit()}  # fmt: skip
    figures: dict[str, Figure] = {}
    for work, figure in measured.figures(tables=cell.lists == 1):
        figures[work] = figure
        _say(f"{cell.key}  {work}: {figure.text()}")
    if not QUICK:
        cells.keep(cell, figures, **about)
        report.put(HEAD.format(machine=machine()) + cells.tables())


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    chosen = wanted()
    if chosen:
        with database():
            measure(chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
