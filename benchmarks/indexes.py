"""`python -m benchmarks.indexes`: what indexes that make themselves change at a million rows.

Each question as the grid asks it (ids of a page, then its rows) before the keeper came and after,
beside SQL by hand on the same table with the same indexes. `BENCH_ROWS` sets the number of rows.
Writes its part of RESULTS.md.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

import json

from django.db import connection

from benchmarks import report
from benchmarks.measure import compare
from lists_core.filters.tree import parse_filter
from lists_core.grid.patience import titled_ids
from lists_core.models import ListIndex
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.indexes import own_indexes, standing
from lists_core.selectors.by_title import by_title
from lists_core.selectors.elements import ElementQuery, found, rows_by_ids
from lists_core.selectors.fence import bounded
from lists_core.selectors.index_wants import wants_of
from lists_core.services import index_use
from lists_core.services.fields import create_field
from lists_core.services.indexes import keep_indexes
from lists_core.services.lists import create_list
from staff.models import Employee

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
PAGE = 50
HEAD = """## Indexes that make themselves, {rows:,} rows

`python -m benchmarks.indexes`; {machine}; load {load:.1f} at the start, {end:.1f} at the end. A
page of {page} as the grid reads it, median of 15; "by hand" is one SELECT in SQL on the same table
with the same indexes, in turns, the ratio is the median of the paired ratios. Times in ms.
{built} indexes of {size:,.0f} MB were built in {took:.1f} s, while the table stayed in use.

| question | before | after | by hand, after | ratio |
|---|---|---|---|---|
"""
FILL = """
    WITH made AS (
        INSERT INTO element (list_id) SELECT %s FROM generate_series(1, %s) RETURNING id
    )
    INSERT INTO {table} (id, name, created_at, modified_at, version, restricted, {columns})
    SELECT id, 'Part ' || md5(id::text), now(), now(), 1, false, id * 7919 %% 100003 / 10.0,
        md5((id * 31)::text) || ' ' || md5(id::text), 1 + id %% 5003,
        ARRAY[1 + id %% 5003, 1 + id %% 101]
    FROM made
"""


@dataclass(frozen=True)
class Question:
    """`by_hand` is the end of a SELECT of whole rows, or all of it; `{PRICE}` and so on are
    columns."""

    name: str
    filter: tuple[str, str, tuple[str, ...]] | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    by_hand: str = ""


NEWEST = "ORDER BY id DESC"
QUESTIONS = (
    Question("a number between two", ("PRICE", "between", ("500", "500.4")),
             by_hand=f"AND {{PRICE}} BETWEEN 500 AND 500.4 {NEWEST}"),
    Question("sorted by a number, up", sort=(("PRICE", False),),
             by_hand="ORDER BY {PRICE}, id"),
    Question("sorted by a number, down", sort=(("PRICE", True),),
             by_hand="ORDER BY {PRICE} DESC NULLS LAST, id DESC"),
    Question("sorted by a text", sort=(("TEXT", False),),
             by_hand="ORDER BY replace(lower(\"left\"({TEXT}, 300)), 'ё', 'е') COLLATE \"C\", id"),
    Question("a part of a text", ("TEXT", "contains", ("a1b2c",)),
             by_hand=f"AND upper({{TEXT}}) LIKE '%A1B2C%' {NEWEST}"),
    Question("who links here", ("LINK", "any_of", ("77",)),
             by_hand=f"AND {{LINK}} = 77 {NEWEST}"),
    Question("sorted by the title of a link", sort=(("LINK", False),),
             by_hand="SELECT own.* FROM {table} AS own JOIN {table} AS thing"
             " ON thing.id = own.{LINK} WHERE own.deleted_at IS NULL AND thing.deleted_at IS NULL"
             " ORDER BY replace(lower(\"left\"(thing.name, 300)), 'ё', 'е') COLLATE \"C\","
             " thing.id, own.id"),
    Question("who links here, of many", ("LINKS", "any_of", ("4007",)),
             by_hand=f"AND {{LINKS}} && ARRAY[4007]::bigint[] {NEWEST}"),
)  # fmt: skip


class World:
    """A list of a million rows with a number, a text, a link and links."""

    def __init__(self) -> None:
        self.admin = Employee.objects.create_superuser("bench", "bench@svod.example", "x")
        self.list = create_list(actor=self.admin, name="Parts")
        link: dict[str, Any] = {"settings": {"list": self.list.pk}, "actor": self.admin}
        create_field(self.list.pk, "number", name="Price", code="PRICE", actor=self.admin)
        create_field(self.list.pk, "string", name="Text", code="TEXT", actor=self.admin)
        create_field(self.list.pk, "element", name="Link", code="LINK", **link)
        create_field(self.list.pk, "element", name="Links", code="LINKS", multiple=True, **link)
        self.list.refresh_from_db()
        self.schema: Schema = schema_of(self.list)
        self.columns = {field.code: field.main_column for field in self.schema.fields}
        names = ", ".join(self.columns.values())
        with connection.cursor() as cursor:
            fill = FILL.format(table=self.schema.table, columns=names)
            cursor.execute(fill, [self.list.pk, ROWS])
            cursor.execute("VACUUM ANALYZE")

    def rows(self, question: Question) -> tuple[Any, ElementQuery]:
        raw = [dict(zip(("field", "op", "value"), question.filter, strict=True))] if (
            question.filter
        ) else []  # fmt: skip
        tree = parse_filter(json.dumps({"and": raw}), self.schema)
        query = ElementQuery(filter=tree, sort=question.sort)
        return found(self.schema, query, actor=self.admin), query

    def page(self, question: Question) -> list[Any]:
        rows, _query = self.rows(question)
        titled = by_title(rows)
        if titled:
            ids = titled_ids(titled, 0, PAGE + 1)
        else:
            ids = bounded(rows.values_list("pk", flat=True)[: PAGE + 1], self.schema, self.admin)
        return rows_by_ids(self.schema, ids[:PAGE], actor=self.admin)

    def by_hand(self, question: Question) -> list[Any]:
        text = question.by_hand.format(table=self.schema.table, **self.columns)
        if not text.startswith("SELECT"):
            text = f"SELECT * FROM {self.schema.table} WHERE deleted_at IS NULL {text}"
        with connection.cursor() as cursor:
            cursor.execute(f"{text} LIMIT {PAGE}")
            return cursor.fetchall()


def timed(work: Callable[[], Any], rounds: int = 15) -> float:
    work()
    spent = []
    for _round in range(rounds):
        start = perf_counter()
        work()
        spent.append(perf_counter() - start)
    return median(spent) * 1000


def built(world: World) -> float:
    """Seconds of the keeper, after the pages were noted as the grid notes them."""
    for question in QUESTIONS:
        rows, query = world.rows(question)
        index_use.note(world.list.pk, wants_of(world.schema, rows, query.sort))
    start = perf_counter()
    keep_indexes()
    took = perf_counter() - start
    waiting = ListIndex.objects.exclude(state=ListIndex.State.READY)
    if waiting.exists():
        raise RuntimeError(f"not built: {[(row.name, row.error) for row in waiting]}")
    return took


def lines(world: World, before: list[float]) -> Iterator[str]:
    for question, slow in zip(QUESTIONS, before, strict=True):
        mine, theirs = world.page(question), world.by_hand(question)
        if [row.pk for row in mine] != [row[0] for row in theirs]:
            raise RuntimeError(f"{question.name}: the two do not find the same")
        line = compare(
            question.name,
            lambda one=question: world.page(one),  # type: ignore[misc]
            lambda one=question: world.by_hand(one),  # type: ignore[misc]
            bar="",
            rounds=15,
        )
        ratio = line.ratio or 0
        yield f"| {line.work} | {slow:.1f} | {line.ours:.1f} | {line.limit:.1f} | {ratio:.2f} |"


def main() -> int:
    load = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        world = World()
        before = [timed(lambda one=one: world.page(one)) for one in QUESTIONS]  # type: ignore[misc]
        took = built(world)
        rows = list(lines(world, before))
        own = own_indexes(world.list.pk)
        size = sum(one.size for one in standing(world.list.pk) if one.name in own) / 2**20
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    head = HEAD.format(rows=ROWS, machine=machine, load=load, end=os.getloadavg()[0], page=PAGE,
                       built=len(own), size=size, took=took)  # fmt: skip
    text = head + "\n".join(rows) + "\n"
    report.put(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
