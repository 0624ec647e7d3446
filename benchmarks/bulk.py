"""`python -m benchmarks.bulk`: a bulk edit of 100,000 elements, and the undo of it.

Both as jobs, with rights, history, outbox and a report for each element, beside SQL by hand that
changes the same values and keeps who changed what, in the same batches. `BENCH_ROWS` sets the
size. Writes its part of RESULTS.md.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from time import perf_counter

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection, transaction

from benchmarks import lists_world, report
from benchmarks.lists_by_hand import Handmade
from benchmarks.lists_world import World
from benchmarks.place import database, machine
from lists_core.jobs.bulk import BATCH
from lists_core.models import BulkLine, ElementVersion, Job, OutboxEvent
from lists_core.services.bulk_changes import start_undo
from lists_core.services.jobs import run_job, start_job
from staff.models import Employee

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
FIELDS = 10
HEAD = """## Bulk changes of {rows:,} elements

`python -m benchmarks.bulk`; {machine}; load {load:.1f} at the start, {end:.1f} at the end. Two
fields of all elements found, in a list of ten; batches of {batch} in a transaction each. "By hand"
is SQL that changes the same and keeps the old and new values, without rights and checks.

| work | Svod, elements/s | by hand, elements/s | ratio | bar |
|---|---|---|---|---|
"""
#: One batch by hand: the values, and a row of history for each element.
BY_HAND = """
    WITH old AS (SELECT id, partner, weight FROM {table} WHERE id > %s AND id <= %s FOR UPDATE),
    changed AS (
        UPDATE {table} AS row SET partner = %s, weight = %s, version = version + 1,
            modified_at = now() FROM old WHERE old.id = row.id RETURNING row.id
    )
    INSERT INTO handwritten_change (contract_id, changes, at)
    SELECT old.id, jsonb_build_object('partner', jsonb_build_array(old.partner, %s::text),
        'weight', jsonb_build_array(old.weight, %s::int)), now()
    FROM old JOIN changed USING (id)
"""


def edit(world: World) -> Job:
    values = {"PARTNER": "Everybody", "WEIGHT": "7"}
    return start_job("bulk_edit", actor=world.actor, list_=world.list, query="?", values=values)


def done(job: Job) -> float:
    """Seconds of the job."""
    start = perf_counter()
    run_job(job.pk)
    took = perf_counter() - start
    job.refresh_from_db()
    if job.state != Job.State.DONE or job.result["changed"] != ROWS:
        raise RuntimeError(f"{job.kind}: {job.state} {job.error} {job.result}")
    return took


def by_hand(hand: Handmade, text: str, number: int) -> float:
    start = perf_counter()
    statement = BY_HAND.format(table=hand.model._meta.db_table)
    for low in range(0, ROWS, BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [low, low + BATCH, text, number, text, number])
    return perf_counter() - start


def lines() -> Iterator[str]:
    actor = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    world = lists_world.make(ROWS, FIELDS, actor)
    hand = Handmade(world)
    before = _values(world)
    job = edit(world)
    yield _line("edit of two fields", done(job), by_hand(hand, "Everybody", 7))
    undo = start_undo(job.pk, actor=actor)
    yield _line("undo of it", done(undo), by_hand(hand, "Before", 5))
    if _values(world) != before:
        raise RuntimeError("the undo did not bring the values back")
    print(f"{ElementVersion.objects.count():,} versions, {BulkLine.objects.count():,} lines,"
          f" {OutboxEvent.objects.count():,} events")  # fmt: skip


def _values(world: World) -> list[tuple[object, ...]]:
    """A check of all values that the change touches."""
    names = [world.schema[code].main_column for code in ("PARTNER", "WEIGHT")]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), sum(hashtext({names[0]})), sum({names[1]}),"
            f" sum(hashtext({names[0]}) * (id % 97)) FROM {world.schema.table}"
        )
        return cursor.fetchall()


def _line(work: str, mine: float, theirs: float) -> str:
    line = f"| {work} | {ROWS / mine:,.0f} | {ROWS / theirs:,.0f} | {mine / theirs:.1f} | – |"
    print(line, flush=True)
    return line


def main() -> int:
    load = os.getloadavg()[0]
    with database():
        found = list(lines())
    head = HEAD.format(rows=ROWS, machine=machine(), load=load, end=os.getloadavg()[0],
                       batch=BATCH)  # fmt: skip
    report.put(head + "\n".join(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
