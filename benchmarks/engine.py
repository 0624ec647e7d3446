"""`python -m benchmarks.engine`: what the process engine does in a second.

Starts, steps, due timers among 100,000 that wait, the idle question, and what a waiting instance
costs in the database, each beside the least that hand-written SQL needs for the same rows, in
turns. `ENGINE_WAITING` sets how many wait.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection, transaction

from benchmarks import report
from staff.models import Employee
from tests.durability.engine.acts import registered
from tests.workflows.processes import START, put, step, template_of
from workflows.engine.work import work
from workflows.models import Instance, Template, Wake
from workflows.services.events import start_many

WAITING = int(os.environ.get("ENGINE_WAITING", "100000"))
SOME = 2_000
STEPS = 10
DAY = 86_400
HEAD = """## Engine

`python -m benchmarks.engine`; {machine}; load {before:.1f} at the start, {after:.1f} at the end.
One worker process; the rate is the median of five rounds. "Limit" inserts, in batches of 100 and
a transaction each, the journal's rows of the same steps and nothing else.

| work | Svod | limit | ratio | bar (design.md §7) |
|---|---|---|---|---|
"""
LIMIT = """
    INSERT INTO workflows_steplog (instance_id, step, visit, at, event, data)
    SELECT number, 's' || number, 1, now(), 'done', '{}' FROM generate_series(1, %s) AS number
"""


def main() -> None:
    before = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        with registered():
            rows = measured(Employee.objects.create_superuser("bench", "bench@svod.example", "x"))
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    head = HEAD.format(machine=machine, before=before, after=os.getloadavg()[0])
    text = head + "\n".join(rows) + "\n"
    report.put(text)
    sys.stdout.write(text)


def measured(boss: Employee) -> list[str]:
    straight = template_of([put("a", str(n), f"s{n}") for n in range(STEPS)], code="straight")
    sleeper = template_of([step("test_nap", "nap", seconds=DAY), put("a", "1")], code="sleeper")
    wait = f"timers due in a second, {WAITING:,} others waiting"
    return [
        steps_row(straight, boss),
        rate_row("starts to the first wait in a second", lambda: started(sleeper, boss), "1,500"),
        size_row(sleeper, boss),
        rate_row(wait, lambda: due(sleeper, boss), "1,500"),
        idle_row(),
    ]


def steps_row(template: Template, boss: Employee) -> str:
    """Steps of one process after another, and the bare inserts of their journal."""
    pairs = [(steps(template, boss), limit()) for _round in range(5)]
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(theirs / ours for ours, theirs in pairs)
    return f"| steps in a second | {ours:,.0f} | {theirs:,.0f} | {ratio:.1f} | ≥ 5,000 |"


def steps(template: Template, boss: Employee) -> float:
    begin(template, boss, SOME)
    return SOME * STEPS / seconds(work_off)


def limit() -> float:
    def insert() -> None:
        for _batch in range(SOME // 100):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(LIMIT, [100 * STEPS])

    return SOME * STEPS / seconds(insert)


def rate_row(name: str, rate: Callable[[], float], bar: str) -> str:
    return f"| {name} | {median(rate() for _round in range(5)):,.0f} | – | – | ≥ {bar} |"


def started(template: Template, boss: Employee) -> float:
    begin(template, boss, SOME)
    taken = seconds(work_off)
    Instance.objects.filter(version__template=template).delete()
    return SOME / taken


def size_row(template: Template, boss: Employee) -> str:
    """Fill the portal with sleepers; what each costs, with indexes, without the journal."""
    compact()
    before = table_bytes()
    for _batch in range(WAITING // SOME):
        begin(template, boss, SOME)
        work_off()
    Wake.objects.update(due_at=START + timedelta(days=365))
    compact()
    each = (table_bytes() - before) / WAITING
    state = f"SELECT avg(octet_length(state::text)) FROM {Instance._meta.db_table}"
    row = f"| bytes of a waiting instance: rows and indexes (state alone {number(state):,.0f})"
    return f"{row} | {each:,.0f} | – | – | – |"


def compact() -> None:
    """What was deleted or moved takes no room any more."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL workflows_wake, workflows_instance")
        cursor.execute("ANALYZE")


def due(template: Template, boss: Employee) -> float:
    """10,000 of those that wait are due at once."""
    many = min(10_000, WAITING // 10)
    ids = list(Wake.objects.filter(due_at__gt=START).values_list("pk", flat=True)[:many])
    Wake.objects.filter(pk__in=ids).update(due_at=START)
    return len(ids) / seconds(work_off)


def idle_row() -> str:
    """The question of every second when there is nothing to do."""
    work(START)
    times = [seconds(lambda: work(START)) * 1000 for _round in range(100)]
    return f"| ms to see that nothing is due | {median(times):.2f} | – | – | ≤ 2 |"


def begin(template: Template, boss: Employee, count: int) -> None:
    start_many(template, boss, [None] * count, before=[], now=START)  # type: ignore[list-item]


def work_off() -> None:
    while work(START):
        pass


def seconds(what: Callable[[], Any]) -> float:
    begun = perf_counter()
    what()
    return perf_counter() - begun


def table_bytes() -> float:
    tables = (Instance, Wake)
    each = (f"SELECT pg_total_relation_size('{one._meta.db_table}')" for one in tables)
    return sum(number(query) for query in each)


def number(query: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return float(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
