"""`python -m benchmarks.numerators`: numbers a second, by one taker and by four at once.

Each number is a transaction of its own, as the engine takes them; the limit is one
`UPDATE … RETURNING` and an INSERT by hand. Writes its part of RESULTS.md.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection, transaction

from lists_core.services.elements import create_element
from staff.models import Employee
from workflows.models import IssuedNumber
from workflows.services.numerators import create_numerator_list, take_number

RESULTS = Path(__file__).parent / "RESULTS.md"
MARK = "## Numerators"
HEAD = (
    MARK
    + """

`python -m benchmarks.numerators`; {machine}; load {load:.1f} at the start. Numbers a second, each
in a transaction of its own with the right checked and the issued number kept; the limit is
hand-written SQL that does no more than count and keep.

| takers | Svod, numbers/s | limit, numbers/s | ratio |
|---|---|---|---|
"""
)
COUNT = 400


def lines() -> Iterator[str]:
    """One row for each number of takers."""
    actor = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    list_ = create_numerator_list(actor=actor)
    values = {"NAME": "bench", "FORMAT": "ДОГ-{year}-{number:05}"}
    row = create_element(list_.pk, values, actor=actor)
    _limit_table()
    for takers in (1, 4):
        ours = _rate(lambda: take_number(list_.pk, row.pk, actor=actor), takers)
        limit = _rate(_by_hand, takers)
        yield f"| {takers} | {ours:.0f} | {limit:.0f} | {limit / ours:.1f} |"
    given = list(IssuedNumber.objects.order_by("value").values_list("value", flat=True))
    if given != list(range(1, len(given) + 1)):
        raise RuntimeError("the numbers have gaps")


def _rate(take: Callable[[], Any], takers: int) -> float:
    def some(count: int) -> None:
        try:
            for _turn in range(count):
                take()
        finally:
            if takers > 1:
                connection.close()

    begun = perf_counter()
    if takers == 1:
        some(COUNT)
    else:
        with ThreadPoolExecutor(takers) as pool:
            list(pool.map(some, [COUNT // takers] * takers))
    return COUNT / (perf_counter() - begun)


def _limit_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_numerator (id int PRIMARY KEY, last bigint)")
        cursor.execute("CREATE TABLE bench_number (value bigint PRIMARY KEY, text text)")
        cursor.execute("INSERT INTO bench_numerator VALUES (1, 0)")


def _by_hand() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE bench_numerator SET last = last + 1 WHERE id = 1 RETURNING last")
        value = cursor.fetchone()[0]
        cursor.execute("INSERT INTO bench_number VALUES (%s, %s)", [value, f"ДОГ-{value:05}"])


def main() -> int:
    load = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        found = "\n".join(lines())
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    write(RESULTS, MARK, HEAD.format(machine=machine(), load=load) + found + "\n")
    return 0


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


def write(path: Path, mark: str, part: str) -> None:
    """Put a part in place of the one with the same mark, or at the end."""
    before, _mark, rest = path.read_text().partition(mark)
    _own, next_mark, after = rest.partition("\n## ")
    tail = f"\n## {after}" if next_mark else ""
    path.write_text(f"{before.rstrip()}\n\n{part}{tail}")
    sys.stdout.write(part)


if __name__ == "__main__":
    sys.exit(main())
