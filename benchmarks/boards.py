"""`python -m benchmarks.boards`: the kanban of 100,000 deals against a model and a view by hand.

Both have the same rows, count and sum all stages and show the newest twenty of each open one.
`BENCH_ROWS` sets the number of deals. Writes its part of RESULTS.md.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from itertools import count, cycle
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection
from django.test import Client
from django.utils import translation

from benchmarks import report
from benchmarks.boards_by_hand import Handmade
from benchmarks.measure import Line, compare
from crm_link.kinds import DEAL
from crm_link.models import Stage
from crm_link.services.items import move_to_stage
from crm_link.services.setup import set_up_crm
from lists_core.access import ROLES
from lists_core.models import List, Section
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
HEAD = """## Boards of {rows:,} deals

`python -m benchmarks.boards`; {machine}; load {load:.1f} at the start, {end:.1f} at the end. The
board of a pipeline with eight stages, five of them open with twenty cards each: numbers and sums of
all stages, cards with amount, company, contacts, responsible and time on the stage. "Limit" is a
model, a view and a template written by hand (`benchmarks/boards_by_hand.py`) on the same rows in
the same run, taken in turns; the ratio is the median of the paired ratios. Times in ms.

| work | Svod | limit | ratio | bar |
|---|---|---|---|---|
"""
FILL = """
    WITH made AS (
        INSERT INTO element (list_id) SELECT %s FROM generate_series(1, %s) RETURNING id
    )
    INSERT INTO {table} (id, name, section, created_by, created_at, modified_at, version,
        restricted, {stage}, {amount}, {currency}, {owner})
    SELECT id, 'Deal ' || id, %s, %s, now() - id %% 400 * interval '1 day', now(), 1, false,
        (%s::bigint[])[1 + (id * 7919 %% 31) %% 8], id %% 9973 * 100,
        CASE id %% 20 WHEN 0 THEN 'USD' ELSE 'RUB' END, %s
    FROM made
"""
MOVES = """
    INSERT INTO crm_link_stagemove (element_id, to_stage_id, at)
    SELECT id, {stage}, created_at FROM {table}
"""


def lines() -> Iterator[Line]:
    admin = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
    set_up_crm(actor=admin)
    deals = List.objects.get(system="crm.deal")
    schema = schema_of(deals)
    seller = Employee.objects.create_user("seller", "seller@svod.example", "x")
    set_list_rights(deals.pk, {Subject("U", seller.pk): ROLES["view"][1]}, actor=admin)
    fill(schema, admin)
    hand = Handmade(schema)
    yield from pages(admin, hand, "the board")
    yield from pages(seller, hand, "the board of who has the right on the list")
    yield moving(schema, admin, hand)


def fill(schema: Schema, admin: Employee) -> None:
    stages = list(Stage.objects.filter(pipeline__list=schema.list_id).order_by("option__sort"))
    names = {
        "table": schema.table,
        "stage": schema["STAGE"].main_column,
        "amount": schema["AMOUNT"].column_names[0],
        "currency": schema["AMOUNT"].column_names[1],
        "owner": schema["RESPONSIBLE"].main_column,
    }
    home = Section.objects.get(list=schema.list_id).pk
    ids = [stage.pk for stage in stages]
    with connection.cursor() as cursor:
        values = [schema.list_id, ROWS, home, admin.pk, ids, admin.pk]
        cursor.execute(FILL.format(**names), values)
        cursor.execute(MOVES.format(**names))
        cursor.execute("VACUUM ANALYZE")


def pages(person: Employee, hand: Handmade, name: str) -> Iterator[Line]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    page = reader(client)
    page()
    yield compare(f"{name} as HTML, CPU", page, hand.page, bar="≤ 2.5", rounds=30, cpu=True)
    yield compare(f"{name}, wall time", page, hand.page, bar="≤ 2.5", rounds=30)
    asked = '{"and":[{"field":"AMOUNT","op":"gte","value":["900000"]}]}'
    yield compare(
        f"{name}, filtered by the amount",
        reader(client, filter=asked),
        lambda: hand.page(900_000),
        bar="≤ 2.5",
        rounds=30,
    )


def reader(client: Client, **query: str) -> Callable[[], None]:
    def page() -> None:
        status = client.get("/crm/deal/kanban/", query, headers=PART).status_code
        if status != 200:
            raise RuntimeError(f"the page answered {status}")

    return page


def moving(schema: Schema, admin: Employee, hand: Handmade) -> Line:
    """Another card each time: a stage and back would be two kinds of work."""
    stages = cycle(Stage.objects.filter(semantics="P", pipeline__isnull=False))
    model: Any = schema.model
    ids = cycle(list(model.objects.order_by("pk").values_list("pk", flat=True)[:500]))
    numbers = count(1)
    return compare(
        "a card moves: rights, stage rules, history, outbox",
        lambda: move_to_stage(DEAL, next(ids), next(stages).pk, actor=admin),
        lambda: hand.move(next(numbers) % 500 + 1, next(stages).pk),
        bar="≤ 15 ms",
        rounds=40,
    )


def main() -> int:
    load = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        with translation.override("ru"):
            found = [line.row() for line in lines()]
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    head = HEAD.format(rows=ROWS, machine=machine, load=load, end=os.getloadavg()[0])
    text = head + "\n".join(found) + "\n"
    report.put(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
