"""`python -m benchmarks.grown`: a portal of 1,000 lists and 3,000,000 elements beside a small one.

Both are databases of one server under var/grown, which is removed at the end (`GROWN_KEEP=1`
leaves it). `GROWN_LISTS` and `GROWN_ROWS` set the size. What does not hang on a list's own size is
to be the same in both. Writes its part of RESULTS.md.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from benchmarks import report
from benchmarks.grown_portal import VAR, Portal, server
from benchmarks.place import machine

QUICK = bool(os.environ.get("BENCH_QUICK"))
LISTS = int(os.environ.get("GROWN_LISTS", "40" if QUICK else "1000"))
ROWS = int(os.environ.get("GROWN_ROWS", "40000" if QUICK else "3000000"))
ROUNDS = 2 if QUICK else 9
OPENED = 20
BEFORE = ("lists_core", "0011")  # three migrations, of which one fills a column of all history
MB = 2**20
HEAD = """## Grown portal: {lists:,} lists, {rows:,} elements

`python -m benchmarks.grown`; {machine}; load {load:.1f} at the start, {end:.1f} at the end. The
small portal has {small} lists of the same sizes and {small_rows:,} elements in a database of the
same server; both have sections, rights, history, deals and 200 employees. The two take turns, the
ratio is the median of the paired ratios, to be near 1 for what is not itself work with every list.
The grown portal was made in {made:.0f} s.

| work | small | grown | ratio | |
|---|---|---|---|---|
"""
PAGES = {
    "start page, administrator": ("/", "admin"),
    "start page, employee": ("/", "person"),
    "dashboard": ("/dashboard/", "admin"),
    "search of the portal": ("/search/?q=Contract+77", "admin"),
    "search of the portal, employee": ("/search/?q=Contract+77", "person"),
    "bin of lists": ("/lists/bin/", "admin"),
    "reports": ("/reports/", "admin"),
    "deals": ("/crm/deal/", "admin"),
    "administration": ("/admin/", "admin"),
    "administration, lists": ("/admin/lists_core/list/", "admin"),
    "administration, fields": ("/admin/lists_core/field/", "admin"),
    "administration, elements": ("/admin/lists_core/element/", "admin"),
    "administration, history": ("/admin/lists_core/elementversion/", "admin"),
}
OF_LIST = {
    "settings of a list": "/lists/{}/settings/",
    "fields of a list": "/lists/{}/fields/",
    "a new link field": "/lists/{}/fields/add/?type=element",
    "access to a list": "/lists/{}/access/",
    "feed of a list": "/lists/{}/feed/",
}


def sizes(lists: int, rows: int) -> list[int]:
    """A few large lists, some of a middle size and many small ones."""
    large, middle = max(1, lists // 200), max(1, lists * 45 // 1000)
    few = lists - large - middle
    return [rows // 3 // large] * large + [rows * 3 // 10 // middle] * middle + [
        (rows - rows // 3 - rows * 3 // 10) // few
    ] * few  # fmt: skip


class Comparison:
    """The two portals side by side, and the lines of the table."""

    def __init__(self, small: Portal, grown: Portal) -> None:
        self.small, self.grown = small, grown
        self.lines: list[str] = []

    def pairs(self, work: str, ask: Callable[[Portal], float], *, rounds: int, unit: str,
              note: str = "") -> None:  # fmt: skip
        found = []
        for turn in range(rounds):
            order = (self.small, self.grown) if turn % 2 else (self.grown, self.small)
            found.append({portal.name: ask(portal) for portal in order})
        ratio = median(pair["grown"] / pair["small"] for pair in found)
        small, grown = (median(pair[name] for pair in found) for name in ("small", "grown"))
        self.line(work, f"{small:,.1f} {unit}", f"{grown:,.1f} {unit}", f"{ratio:.2f}", note)

    def line(self, work: str, small: str, grown: str, ratio: str = "–", note: str = "") -> None:
        self.lines.append(f"| {work} | {small} | {grown} | {ratio} | {note} |")
        print(self.lines[-1], flush=True)

    def each(self) -> Iterator[Portal]:
        yield from (self.small, self.grown)


def page(address: str, who: str = "admin") -> Callable[[Portal], float]:
    def ask(portal: Portal) -> float:
        found = portal.ask(get=address, who=who)
        if found["status"] != 200:
            raise RuntimeError(f"{address} answered {found['status']} in {portal.name}")
        return float(found["ms"])

    return ask


def processes(both: Comparison) -> None:
    """What is done without a browser."""
    rounds = 1 if QUICK else 5
    for portal in both.each():
        portal.settle()  # what was just filled is written to the disk by others than the first work
    migrate = ("migrate", "--verbosity", "0")
    both.pairs("migrate with nothing to do", lambda one: one.manage(*migrate), rounds=rounds,
               unit="s")  # fmt: skip
    both.pairs("the same, processor time of the command",
               lambda one: one.processor(lambda: one.manage(*migrate)), rounds=rounds,
               unit="s")  # fmt: skip

    def started(portal: Portal) -> float:
        portal.stop()
        return portal.start()

    work = "a web process starts and shows its first page"
    both.pairs(work, started, rounds=rounds, unit="s")

    def used(portal: Portal) -> float:
        portal.stop()
        return portal.processor(lambda: (portal.start(), portal.stop()))

    both.pairs("the same, its processor time", used, rounds=rounds, unit="s")
    for portal in both.each():
        portal.start()


def pages(both: Comparison) -> None:
    for work, (address, who) in PAGES.items():
        _page(both, work, lambda _portal, a=address: a, who)
    for work, address in OF_LIST.items():
        _page(both, work, lambda portal, a=address: a.format(portal.lists[-1]))


def _page(
    both: Comparison, work: str, address: Callable[[Portal], str], who: str = "admin"
) -> None:
    for portal in both.each():
        page(address(portal), who)(portal)  # the first time compiles templates
    few, many = (one.ask(get=address(one), who=who) for one in both.each())
    queries = f"{few['queries']} and {many['queries']} queries, {few['bytes'] // 1024} and"
    both.pairs(work, lambda one: page(address(one), who)(one), rounds=ROUNDS, unit="ms",
               note=f"{queries} {many['bytes'] // 1024} kB")  # fmt: skip


def opened(both: Comparison) -> None:
    """Random lists, each against one of the same size: the first time, and again."""
    chance = random.Random(11)
    chosen = chance.sample(range(len(both.grown.sizes)), min(OPENED, len(both.grown.sizes)))
    twins = {size: both.small.sizes.index(size) for size in set(both.small.sizes)}
    turns = {"small": [twins[both.grown.sizes[place]] for place in chosen], "grown": chosen}
    last = max(range(len(both.small.sizes)))
    small = [last - n % 8 if both.small.sizes[place] == both.small.sizes[last] else place
             for n, place in enumerate(turns["small"])]  # fmt: skip
    turns["small"] = small
    for who, times in (("admin", "first time"), ("admin", "again"), ("person", "again, employee")):
        asked = {name: iter(places) for name, places in turns.items()}

        def one(portal: Portal, asked=asked, who=who) -> float:  # type: ignore[no-untyped-def]
            place = next(asked[portal.name])
            # Whom a list is closed to is told so: that costs as much.
            return float(portal.ask(get=f"/lists/{portal.lists[place]}/", who=who)["ms"])

        both.pairs(f"{len(chosen)} random lists, {times}", one, rounds=len(chosen), unit="ms")


def memory(both: Comparison) -> None:
    few = {one.name: one.ask(memory=True) for one in both.each()}
    _memory(both, f"memory of a web process after {OPENED} lists", few)
    for portal in both.each():
        for pk in portal.lists:
            portal.ask(get=f"/lists/{pk}/data/?size=10")
    _memory(both, "memory of a web process after all lists",
            {one.name: one.ask(memory=True) for one in both.each()})  # fmt: skip


def _memory(both: Comparison, work: str, found: dict[str, dict[str, float]]) -> None:
    for name, what in (("rss", work), ("backend", f"{work}, its database session")):
        small, grown = (found[one.name][name] for one in both.each())
        small, grown = (n[0] if isinstance(n, list) else n for n in (small, grown))
        both.line(what, f"{small / MB:.0f} MB", f"{grown / MB:.0f} MB", f"{grown / small:.2f}")


def database(both: Comparison) -> None:
    def catalog(portal: Portal) -> tuple[float, float]:
        rows = portal.ask(sql=CATALOG)["found"][0]
        return rows[0], rows[1]

    (few, small), (many, grown) = (catalog(one) for one in both.each())
    both.line("relations, catalog", f"{few:,.0f}, {small / MB:.0f} MB",
              f"{many:,.0f}, {grown / MB:.0f} MB")  # fmt: skip
    for portal in both.each():
        portal.ask(call="keep_indexes")
    both.pairs("a round of the keeper of indexes, nothing to build",
               lambda one: float(one.ask(call="keep_indexes")["ms"]),
               rounds=3, unit="ms")  # fmt: skip
    taken = [float(one.ask(sql="VACUUM ANALYZE")["ms"]) / 1000 for one in both.each()]
    both.line("VACUUM ANALYZE of everything", f"{taken[0]:.1f} s", f"{taken[1]:.1f} s")


CATALOG = """
    SELECT (SELECT count(*) FROM pg_class), (SELECT sum(pg_total_relation_size(oid)) FROM pg_class
        WHERE relname IN ('pg_class', 'pg_attribute', 'pg_index', 'pg_type', 'pg_depend',
            'pg_statistic', 'pg_trigger', 'pg_constraint', 'pg_proc'))
"""


def backups(both: Comparison) -> None:
    for portal in both.each():
        portal.stop()  # a session of its own would keep the dump waiting
    files = {one.name: VAR / f"{one.name}.dump" for one in both.each()}
    plain = [one.tool("pg_dump", "-s", "-f", str(VAR / "schema.sql")) for one in both.each()]
    both.line("pg_dump of the structure alone", f"{plain[0]:.1f} s", f"{plain[1]:.1f} s")
    taken = [one.tool("pg_dump", "-Fc", "-f", str(files[one.name])) for one in both.each()]
    size = [files[one.name].stat().st_size / MB for one in both.each()]
    both.line("pg_dump -Fc, size", f"{taken[0]:.1f} s, {size[0]:.0f} MB",
              f"{taken[1]:.1f} s, {size[1]:.0f} MB")  # fmt: skip
    restored = []
    for portal in both.each():
        copy = f"{portal.name}_copy"
        portal.server.create_database(copy, "postgres")
        restored.append(
            portal.tool("pg_restore", "-j", "2", str(files[portal.name]), database=copy)
        )
    both.line("pg_restore -j 2 into an empty database", f"{restored[0]:.1f} s",
              f"{restored[1]:.1f} s")  # fmt: skip


def migrations(both: Comparison) -> None:
    """Back and forth, forth timed: the last as it must work on what a portal has grown to."""
    taken = []
    for portal in both.each():
        portal.stop()
        portal.manage("migrate", *BEFORE, "--verbosity", "0")
        taken.append(portal.manage("migrate", "--verbosity", "0"))
    both.line(f"migrate from {' '.join(BEFORE)} on", f"{taken[0]:.1f} s", f"{taken[1]:.1f} s")


def made(small: Portal, grown: Portal) -> float:
    took = {}
    small.create()
    grown.copy_of(small)
    for portal in (small, grown):
        took[portal.name] = portal.fill()
    print(f"made in {took['small']:.0f} and {took['grown']:.0f} s", flush=True)
    return took["grown"]


def small_sizes(grown: Sequence[int]) -> list[int]:
    """One of each larger size and eight of the smallest."""
    larger = sorted(set(grown), reverse=True)[:-1]
    return [*larger, *[min(grown)] * 8]


def main() -> int:
    load = os.getloadavg()[0]
    with server() as postgres:
        many = sizes(LISTS, ROWS)
        grown, small = Portal("grown", postgres, many), Portal("small", postgres, small_sizes(many))
        took = made(small, grown)
        both = Comparison(small, grown)
        parts = (processes, opened, memory, pages, database, backups, migrations)
        outcomes = [_sound(part, both) for part in parts]  # each of them, whatever the first said
        for portal in both.each():
            portal.stop()
    head = HEAD.format(lists=LISTS, rows=sum(many), small=len(small.sizes), made=took, load=load,
                       small_rows=sum(small.sizes), machine=machine(),
                       end=os.getloadavg()[0])  # fmt: skip
    text = head + "\n".join(both.lines) + "\n"
    report.put(text)
    return 0 if all(outcomes) else 1


def _sound(part: Callable[[Comparison], None], both: Comparison) -> bool:
    """Whether the part came to its end; what it broke at is told, and the others go on."""
    try:
        part(both)
    except (RuntimeError, OSError, subprocess.CalledProcessError):
        traceback.print_exc()
        both.line(f"{part.__name__}: broken off", "–", "–")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
