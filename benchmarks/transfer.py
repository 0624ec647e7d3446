"""`python -m benchmarks.transfer`: import and export of large tables, beside loops by hand.

The 336,776 flights with three link columns go in; lists of 100,000 and 1,000,000 contracts go
out. Memory is the peak over what the process held before. Writes its part of RESULTS.md.
`TRANSFER_ROWS` sets the size of the large list (1,000,000 by default), `TRANSFER_WORKS` what is
measured: "import", "export" or both (then nothing is written).
"""

from __future__ import annotations

import csv
import ctypes
import gc
import io
import os
import platform
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

import psutil
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import reverse

from benchmarks.report import put
from benchmarks.transfer_world import fill, finish, make_list
from lists_core.demo.flights import load_links
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.services.exports import start_export
from lists_core.services.files import keep_file
from lists_core.services.imports import start_import
from lists_core.services.lists import create_list
from lists_core.transfer.spec import ImportSpec
from staff.models import Employee
from tests.lists_core.flights_file import ROWS, flights, flights_spec

HEAD = """## Transfer of tables

`python -m benchmarks.transfer`; {machine}; load {before:.1f} at the start, {after:.1f} at the end.
The flights have 19 columns of which three are links found by code; each row also becomes a row of
the registry and of the history. "By hand" for them is a bare COPY of the file with its codes looked
up in a dictionary, for an export a loop over a server-side cursor. "CPU" is that of this process
and of its database session, which work side by side; other work on the machine leaves it alone.
"MB" is the peak of memory over what the process held before.

| work | rows/s | s | CPU: Python, s | PostgreSQL, s | MB | by hand: s | CPU, s | MB | bar |
|---|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Cost:
    """`own` and `session` are seconds of CPU, `grown` megabytes."""

    seconds: float
    own: float
    session: float
    grown: float


def line(work: str, rows: int, ours: Cost, hand: Cost | None, bar: str) -> str:
    own = f"{rows / ours.seconds:,.0f} | {ours.seconds:.1f}"
    own += f" | {ours.own:.1f} | {ours.session:.1f} | {ours.grown:.0f}"
    theirs = "– | – | –"
    if hand:
        theirs = f"{hand.seconds:.1f} | {hand.own + hand.session:.1f} | {hand.grown:.0f}"
    said = f"| {work} | {own} | {theirs} | {bar} |"
    print(said, flush=True)
    return said


def cost_of(work: Callable[[], Any]) -> Cost:
    """Time, CPU and the peak of memory, looked at every 20 ms."""
    process, session = psutil.Process(), psutil.Process(_session())
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was let go of before is no room to grow into
    idle = process.memory_info().rss
    with _peak(process) as peak:
        began, own, its = perf_counter(), _cpu(process), _cpu(session)
        work()
        seconds = perf_counter() - began
        own, its = _cpu(process) - own, _cpu(session) - its
    return Cost(seconds, own, its, (max(peak) - idle) / 1e6)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _session() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@contextmanager
def _peak(process: psutil.Process) -> Iterator[list[int]]:
    seen, over = [process.memory_info().rss], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            seen[0] = max(seen[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


# --- import -----------------------------------------------------------------------------


def imports(actor: Employee) -> Iterator[str]:
    airlines, airports, planes = load_links(actor=actor)
    links = {"carrier": airlines, "origin": airports, "dest": airports, "tailnum": planes}
    rows = int(os.environ.get("BENCH_QUICK", "0")) * 2_000 or ROWS
    file = keep_file(ContentFile(flights(rows % ROWS)), "flights.csv", actor=actor)
    hand = cost_of(lambda: copied_by_hand(file, links))
    list_ = create_list(actor=actor, name="Flights")
    job = start_import(list_, flights_spec(file, links), actor=actor)
    ours = cost_of(lambda: finish(job))
    yield line("import of the flights", rows, ours, hand, "≥ 20,000 rows/s, < 200 MB")
    again = start_import(list_, ImportSpec.from_json(job.params), actor=actor)
    yield line("the same file again: nothing new", rows, cost_of(lambda: finish(again)), None, "")
    again.refresh_from_db()
    if (again.result["created"], again.result["skipped"]) != (0, rows):
        raise RuntimeError(f"the second import wrote: {again.result}")


def copied_by_hand(file: Any, links: dict[str, List]) -> None:
    known = {name: _codes(list_) for name, list_ in links.items()}
    with file.content.open("rb") as raw, connection.cursor() as cursor:
        rows = csv.reader(io.TextIOWrapper(raw, "utf-8"))
        headings = next(rows)
        columns = ", ".join(f'"{name}" {_type(name, links)}' for name in headings)
        cursor.execute(f"CREATE TABLE flights_by_hand (id bigserial PRIMARY KEY, {columns})")
        names = ", ".join(f'"{name}"' for name in headings)
        looked_up = [known.get(name) for name in headings]
        with cursor.copy(f"COPY flights_by_hand ({names}) FROM STDIN") as stream:
            for row in rows:
                stream.write_row(
                    [
                        ids.get(text) if ids is not None else None if text == "NA" else text
                        for ids, text in zip(looked_up, row, strict=True)
                    ]
                )


def _type(name: str, links: dict[str, List]) -> str:
    texts = {"time_hour": "timestamptz"}
    return "bigint" if name in links else texts.get(name, "numeric")


def _codes(list_: List) -> dict[str, int]:
    schema = schema_of(list_)
    column = schema["CODE"].main_column if "CODE" in schema.by_code else "name"
    return dict(schema.model.objects.values_list(column, "pk"))


# --- export -----------------------------------------------------------------------------


def exports(actor: Employee, rows: int) -> Iterator[str]:
    list_ = make_list(actor)
    fill(list_, rows, actor)
    for kind in ("csv", "xlsx"):
        bar = "≤ 20 s, flat memory" if (kind, rows) == ("xlsx", 100_000) else "flat memory"
        ours = cost_of(lambda kind=kind: finish(start_export(list_, {}, actor=actor, format=kind)))
        hand = cost_of(lambda: written_by_hand(list_)) if kind == "csv" else None
        yield line(f"export of {rows:,} rows to {kind.upper()}", rows, ours, hand, bar)


def written_by_hand(list_: List) -> None:
    schema = schema_of(List.objects.get(pk=list_.pk))
    columns = [name for field in schema.editable for name in field.column_names]
    rows = schema.model.objects.order_by("-pk").values_list("pk", *columns)
    with tempfile.TemporaryFile("w", encoding="utf-8", newline="") as target:
        csv.writer(target, delimiter=";").writerows(rows.iterator(chunk_size=1_000))


def run(large: int) -> Iterator[str]:
    actor = Employee.objects.create_superuser("bench", "bench@svod.example", "x", time_zone="UTC")
    reverse("home")  # a worker has read the pages' addresses long before
    works = os.environ.get("TRANSFER_WORKS", "import,export").split(",")
    if "import" in works:
        yield from imports(actor)
    for rows in sorted({min(100_000, large), large}) if "export" in works else ():
        yield from exports(actor, rows)


def main() -> None:
    large = int(os.environ.get("TRANSFER_ROWS", "1000000"))
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as media:
        settings.MEDIA_ROOT, settings.FILE_MAX_BYTES = media, 1 << 40
        connection.creation.create_test_db(verbosity=0)
        try:
            found = list(run(large))
        finally:
            connection.creation.destroy_test_db("", verbosity=0)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    head = HEAD.format(machine=machine, before=before, after=os.getloadavg()[0])
    text = head + "\n".join(found) + "\n"
    if "TRANSFER_WORKS" not in os.environ:
        put(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
