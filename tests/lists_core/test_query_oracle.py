"""Drawn lists and questions: the grid finds, orders, counts, pages, groups and sums up what plain
Python does. Every type, operator, grouping and total of the registry is asked at least once.

`SVOD_ORACLE=100` asks a hundred times as much, other questions each time; usually a few and
always the same.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from lists_core.filters.tree import parse_filter
from lists_core.grid.page import everything_found, open_grid, page_of
from lists_core.grid.state import filter_text
from lists_core.reports import levels
from lists_core.selectors import elements
from staff.models import Employee
from tests.lists_core import group_oracle
from tests.lists_core.query_oracle import (
    Asked,
    Hand,
    Table,
    draw_question,
    hands,
    make_table,
    ordered,
    prepared,
    shapes,
)
from tests.lists_core.report_oracle import ZONE

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SVOD_ORACLE", "0"))
LISTS, CONDITIONS, SIZE, LIMIT = 2, 8, 10, 15


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Employee]:
    monkeypatch.setattr(elements, "COUNT_LIMIT", LIMIT)
    monkeypatch.setattr(levels, "PAGE", 7)
    with timezone.override(ZONE):
        yield Employee.objects.create_superuser(
            "admin", "admin@svod.example", "x", last_name="Админ"
        )


QUESTIONS = settings(
    max_examples=EXAMPLES or 1,
    deadline=None,
    database=None,
    phases=[Phase.generate] + ([Phase.shrink] if EXAMPLES else []),
    suppress_health_check=list(HealthCheck),
)


def test_the_grid_says_what_python_says(admin: Employee) -> None:
    first = random.randrange(2**30) if EXAMPLES else 5
    chance = random.Random(first)
    made = prepared(admin)
    for shape in shapes(chance, LISTS):
        table = make_table(shape, made, admin, chance.randrange(2**30))
        for hand in hands(table, chance, CONDITIONS):
            ask(table, hand, chance.randrange(2**30))


def ask(table: Table, hand: Hand, chance: int) -> None:
    @seed(chance)
    @QUESTIONS
    @given(number=st.integers(0, 10**6), data=st.data())
    def question(number: int, data: Any) -> None:
        assume(number)  # the simplest question comes first, and asks next to nothing
        asked = draw_question(table, hand, data)
        check(table, asked)
        check_groups(table, hand, asked, data)

    question()


def check(table: Table, asked: Asked) -> None:
    wanted = [row["ID"] for row in asked.rows(table)]
    found = pages(table, asked)
    assert found == wanted, told(table, asked, set(found) ^ set(wanted))


def pages(table: Table, asked: Asked) -> list[int]:
    """The ids of one page after another, as long as there is a next one: every second by its
    number, the others from where the last one ended."""
    found: list[int] = []
    number, goes_on, after = 1, True, ""
    while goes_on:
        params = asked.params() | {"size": str(SIZE), "page": str(number)}
        page = page_of(open_grid(table.actor, table.list.pk, params), after)
        after = page.place if number % 2 else ""
        assert not page.state.told, (page.state.told, asked)
        assert not page.too_slow
        ids = [row.pk for row in page.rows]
        assert (len(ids) == SIZE) or not page.has_next
        found, number, goes_on = [*found, *ids], number + 1, page.has_next
    count = page.count
    assert (count.number, count.exact) == (min(len(found), LIMIT), len(found) <= LIMIT)
    return found


def check_groups(table: Table, hand: Hand, asked: Asked, data: Any) -> None:
    """Of the same address as the grid itself writes it."""
    again = filter_text(parse_filter(json.dumps(asked.tree), table.schema))
    turned = [data.draw(st.booleans()) for _by in hand.groupings]
    case = group_oracle.Case(
        levels=list(zip(hand.groupings, turned, strict=True)),
        totals=hand.totals,
        more=asked.params() | {"filter": again, "size": str(SIZE)},
        order=lambda rows: [row["ID"] for row in ordered(table, rows, asked.sort)],
        opened=[data.draw(st.integers(0, 9))],
    )
    grid = open_grid(table.actor, table.list.pk, case.params())
    rows = asked.rows(table)
    everything = everything_found(grid).values_list("pk", flat=True)
    assert set(everything) == {row["ID"] for row in rows}, told(table, asked, set())
    group_oracle.check(grid, case, rows)


def told(table: Table, asked: Asked, differing: set[int]) -> str:
    """The question, what its fields are, and the rows on which the two differ."""
    types = {known.code: (known.field.type, known.multiple) for known in table.schema.fields}
    rows = [row for row in table.rows if row["ID"] in differing or not differing]
    return "\n".join(map(str, [asked.params(), types, *rows]))
