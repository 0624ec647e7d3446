"""`make bench`: every benchmark, one after the other, each in a process and a database of its own.

    python -m benchmarks --list                 # what there is, with minutes on two quiet cores
    python -m benchmarks --only lists,bulk      # some of them
    python -m benchmarks --only pages,writes    # parts of `lists`: pages, writes, tables
    python -m benchmarks --quick                # whether they all work: small, nothing is written

Each brings its own PostgreSQL and writes its part of RESULTS.md; `benchmarks/lists.py` says how
to measure one cell of its table. The next one runs also where one has failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass, field
from time import perf_counter

SMALL = {"BENCH_QUICK": "1", "ROUNDS": "1"}


@dataclass(frozen=True)
class Part:
    """A module of this package; `small` is the environment that makes it a matter of seconds."""

    name: str
    minutes: float
    about: str
    small: dict[str, str] = field(default_factory=dict)


PARTS = (
    Part("lists", 16, "pages, writes, import and export of lists, twelve sizes"),
    Part("transfer", 14, "import of the flights, export of 1,000,000", {"TRANSFER_ROWS": "2000"}),
    Part("bulk", 3, "bulk edit and its undo, 100,000 elements", {"BENCH_ROWS": "2000"}),
    Part("indexes", 3, "indexes that make themselves, 1,000,000", {"BENCH_ROWS": "12000"}),
    Part("grown", 12, "a portal of 1,000 lists and 3,000,000 elements beside a small one"),
    Part("disk", 2, "the Disk with 10,000 folders, 100,000 files", {"BENCH_FOLDERS": "200"}),
    Part("rights", 8, "pages for those who see a part, 1,000,000", {"RIGHTS_ROWS": "20000"}),
    Part("crm_roles", 4, "the same by roles of CRM", {"RIGHTS_ROWS": "5000"}),
    Part("crm_tabs", 5, "a card with fifty lists", {"BENCH_ROWS": "10000"}),
    Part("boards", 2, "a board of 100,000 deals", {"BENCH_ROWS": "2000"}),
    Part("reports", 3, "reports over 1,000,000", {"RIGHTS_ROWS": "5000"}),
    Part("engine", 3, "steps, starts and timers of processes", {"ENGINE_WAITING": "1000"}),
    Part("numerators", 1, "numbers a second"),
    Part("documents", 1, "documents of templates"),
    Part("replies", 2, "the search of quick replies", {"BENCH_REPLIES": "500"}),
    Part("chat", 3, "from one side of a chat to the other"),
)
#: Names that stand for a part of `lists`.
OF_LISTS = ("pages", "writes", "tables")


def chosen(text: str) -> list[tuple[Part, dict[str, str]]]:
    """The parts asked for, each with what is added to its environment. Raises SystemExit."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {part.name for part in PARTS} | set(OF_LISTS)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"There is no benchmark {', '.join(unknown)}: see --list.")
    some = [name for name in names if name in OF_LISTS]
    if some and "lists" not in names:
        return [(PARTS[0], {"BENCH_WORKS": ",".join(some)}), *_named(names)]
    return _named(names) if names else [(part, {}) for part in PARTS]


def _named(names: list[str]) -> list[tuple[Part, dict[str, str]]]:
    return [(part, {}) for part in PARTS if part.name in names]


def run(part: Part, more: dict[str, str], *, quick: bool) -> bool:
    """Whether the part came to its end; it tells its figures itself."""
    own = {**more, **(SMALL | part.small if quick else {})}
    print(f"--- {part.name}: {part.about}", flush=True)
    start = perf_counter()
    code = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{part.name}"], env={**os.environ, **own}, check=False
    ).returncode
    print(f"--- {part.name}: {'failed' if code else 'done'}, {perf_counter() - start:.0f} s\n")
    return not code


def main() -> int:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__, formatter_class=raw)
    parser.add_argument("--only", default="", metavar="NAMES")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    if asked.list:
        for part in PARTS:
            print(f"{part.name:12} {part.minutes:4g} min  {part.about}")
        return 0
    outcomes = [run(part, more, quick=asked.quick) for part, more in chosen(asked.only)]
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
