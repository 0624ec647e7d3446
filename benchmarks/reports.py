"""`python -m benchmarks.reports`: reports over a million elements, beside hand-written SQL.

The list and its people are those of benchmarks/rights_world.py. Writes its part of RESULTS.md.
`RIGHTS_ROWS` sets the size (1,000,000 by default).
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection

from benchmarks.measure import compare
from benchmarks.report import put
from benchmarks.rights_world import Audience, fill
from lists_core.access import remembering, schema_for
from lists_core.models import List
from lists_core.reports.answer import answer
from lists_core.reports.question import read_question
from staff.models import Employee

MARK = "## Reports"
HEAD = (
    MARK
    + """ over {rows:,} elements

`python -m benchmarks.reports`; {machine}; load {before:.1f} at the start, {after:.1f} at the end.
In ms: the median of the whole answer and, in brackets, the median of the paired ratios to a bare
GROUP BY over the whole table. A report has 15 s. Bar: 3 s for everybody, a ratio of 3.

| report | seen by | share, % | ms |
|---|---|---|---|
"""
)
QUESTIONS: dict[str, dict[str, Any]] = {
    "count by section": {"groups": ["SECTION:value"], "measures": ["count"]},
    "sum, average, share by section": {
        "groups": ["SECTION:value"],
        "measures": ["count", "sum:NUM", "average:PLAIN", "filled:NOTE"],
        "sort": "sum:NUM",
        "descending": True,
    },
    "by author and month": {
        "groups": ["CREATED_BY:value", "CREATED_AT:month"],
        "measures": ["count", "sum:NUM"],
    },
    "of 1,000,000 groups the 20 largest": {"groups": ["NOTE:value"], "measures": ["sum:NUM"]},
}
ROUNDS = 3


def lines(list_: List, people: list[Audience], *, rounds: int) -> Iterator[str]:
    for name, asked in QUESTIONS.items():
        for who in people:
            work = partial(ask, list_, who.person, asked)
            line = compare("", work, partial(by_hand, list_), bar="", rounds=rounds)
            yield f"| {name} | {who.why} | {who.share:g} | {line.ours:.0f} ({line.ratio:.1f}) |"


def ask(list_: List, actor: Employee, asked: dict[str, Any]) -> None:
    with remembering():
        schema = schema_for(actor, list_)
        answer(read_question(asked, schema), schema, actor=actor)


def by_hand(list_: List) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT section, count(*) FROM list_{list_.pk} GROUP BY section")
        cursor.fetchall()


def chosen(people: list[Audience], admin: Employee) -> list[Audience]:
    """Everybody's eyes once: all of it, a tenth of it element by element, hardly anything."""
    few = {(0.001, "random"), (10, "random")}
    by_elements = [who for who in people if who.why == "elements"]
    return [
        Audience("the administrator", 100, "–", admin),
        *(who for who in by_elements if (who.share, who.place) in few),
    ]


def main() -> None:
    rows = int(os.environ.get("RIGHTS_ROWS", "1000000"))
    connection.creation.create_test_db(verbosity=0)
    try:
        world, people = fill(rows)
        list_ = List.objects.get(pk=world.list.pk)
        before = os.getloadavg()[0]
        found = list(lines(list_, chosen(people, world.admin), rounds=ROUNDS))
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    head = HEAD.format(rows=rows, machine=machine, before=before, after=os.getloadavg()[0])
    text = head + "\n".join(found) + "\n"
    put(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
