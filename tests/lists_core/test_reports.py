"""Reports against plain Python: every grouping and every measure over a few hundred rows."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from lists_core.access import remembering
from lists_core.filters.tree import parse_filter
from lists_core.models import ListGroupRight, ListUserRight
from lists_core.reports import answer as module
from lists_core.reports.answer import GONE, NO_VALUE, OTHERS, VALUE, answer
from lists_core.reports.question import measure_choices, read_question
from lists_core.selectors import fence
from lists_core.selectors.elements import ElementQuery, found
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee
from tests.lists_core.report_oracle import (
    BETWEEN,
    GROUPS,
    UNITS,
    ZONE,
    World,
    check,
    check_answer,
    keys_of,
    make_elements,
    make_world,
    measured,
    start_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterable[World]:
    with timezone.override(ZONE):
        yield make_world(random.Random(7))


def test_every_grouping_with_every_measure(world: World) -> None:
    every = [one.code for one in measure_choices(world.schema)] + BETWEEN
    codes = [code for code in every if code.split(":")[-1] in {"count", *world.rows[0]}]
    assert len(codes) > 20
    chunks = [codes[start : start + 8] for start in range(0, len(codes), 8)]
    days = [group for group in GROUPS if group.endswith(":day")]
    for number, group in enumerate(one for one in GROUPS if one not in days):
        check_answer(
            world, world.ask(groups=[group], measures=chunks[number % len(chunks)]), world.rows
        )
    for chunk in chunks:
        check_answer(world, world.ask(groups=["STAGE:value"], measures=chunk), world.rows)
        check_answer(world, world.ask(groups=[], measures=chunk), world.rows)


def test_two_groupings(world: World) -> None:
    measures = ["count", "sum:AMOUNT", "average:PRICE", "filled:NOTE", "max:AMOUNT", BETWEEN[0]]
    firsts = ["STAGE:value", "TAGS:value", "AT:month", "DAYS:quarter"]
    seconds = ["OWNER:value", "TEAM:value", "DONE:value", "CREATED_AT:quarter"]
    for first, second in product(firsts, seconds):
        check_answer(world, world.ask(groups=[first, second], measures=measures), world.rows)


def test_a_filter_narrows_what_is_counted(world: World) -> None:
    tree = {"and": [{"field": "DONE", "op": "yes", "value": []}]}
    got = world.ask(filter=tree, groups=["STAGE:value"], measures=["count", "sum:AMOUNT"])
    check_answer(world, got, [row for row in world.rows if row["DONE"]])


def test_groups_past_the_limit_are_one_and_exact(world: World) -> None:
    """Also their average, minimum and amounts by currency."""
    measures = ["sum:PRICE", "average:PRICE", "min:PRICE", "sum:AMOUNT", "count"]
    got = world.ask(
        groups=["AT:month"], measures=measures, limit=5, sort="sum:PRICE", descending=True
    )
    by_month = defaultdict(list)
    for row in world.rows:
        (key,) = keys_of(row, "AT:month")
        by_month[key].append(row)
    ranked = sorted(by_month, key=lambda key: -measured(by_month[key], "sum:PRICE").get("", 0))
    assert [group.key for group in got.lines] == [*ranked[:5], (OTHERS, None)]
    rest = [row for key in ranked[5:] for row in by_month[key]]
    check(got.by_line[OTHERS, None], rest, got.question, "others")
    check(got.total, world.rows, got.question, "total")
    assert str(len(ranked) - 5) in got.lines[-1].name


def test_of_many_periods_the_newest_stay(world: World) -> None:
    got = world.ask(groups=["CREATED_AT:day"], measures=["count"], limit=10)
    days = sorted({start_of("day", row["CREATED_AT"]) for row in world.rows})
    assert [group.key[1] for group in got.lines] == [*days[-10:], None]


def test_sorting(world: World) -> None:
    asked = {"groups": ["OWNER:value"], "measures": ["count", "sum:AMOUNT"]}
    for descending in (False, True):
        got = world.ask(**asked, sort="sum:AMOUNT", descending=descending)
        sums = [got.by_line[group.key].first(1, got.question.measures[1]) for group in got.lines]
        assert sums == sorted(sums, reverse=descending)
    names = [group.name for group in world.ask(**asked).lines]
    assert names == [*sorted(names[:-1]), "(не заполнено)"]
    stages = world.ask(groups=["STAGE:value"], measures=["count"]).lines
    assert [stage.name for stage in stages] == ["О0", "О1", "О2", "О3", "(не заполнено)"]
    assert {stage.tone for stage in stages[:-1]} == {"teal"}


def test_the_condition_of_a_group_finds_its_elements(world: World) -> None:
    """What a click on the group opens in the grid are the elements that were counted."""
    for group in GROUPS:
        _same_elements(world, group)


def _same_elements(world: World, group: str) -> None:
    got = world.ask(groups=[group], measures=["count"], limit=5)
    assert got.lines
    for one in got.lines:
        if one.key[0] in {VALUE, NO_VALUE}:
            tree = parse_filter(json.dumps({"and": [one.condition]}), world.schema)
            rows = found(world.schema, ElementQuery(filter=tree), actor=world.actor)
            assert rows.count() == got.by_line[one.key].rows, one


def test_periods_are_called_as_people_call_them(world: World) -> None:
    at = datetime(2026, 2, 10, tzinfo=UTC)
    list_ = create_list(actor=world.actor, name="Одна")
    create_field(list_.pk, "datetime", actor=world.actor, name="Когда", code="AT")
    own = World(world.actor, list_)
    make_elements(list_, [{"name": "x", **own.schema["AT"].to_columns(at)}])
    with translation.override("ru"):
        names = [own.ask(groups=[f"AT:{unit}"]).lines[0].name for unit in UNITS]
    assert names == [
        "10.02.2026",
        "09.02.2026 – 15.02.2026",
        "Февраль 2026 г.",
        "1 кв. 2026",
        "2026",
    ]


# --- what it costs --------------------------------------------------------------------------


def queries(world: World, actor: Employee, **asked: Any) -> list[str]:
    """What is read of the lists, and whatever else, for one answer."""
    schema = world.schema
    question = read_question(asked, schema)
    with remembering():
        answer(question, schema, actor=actor)  # rights are read once a request
        with CaptureQueriesContext(connection) as caught:
            answer(question, schema, actor=actor)
    own = ("SAVEPOINT", "ROLLBACK", "RELEASE")  # of the transaction with the limit of time
    return [one["sql"] for one in caught if not one["sql"].startswith(own)]


def test_one_query_and_one_for_the_titles(world: World) -> None:
    reader = Employee.objects.get(username="p1")
    measures = ["count", "sum:AMOUNT", "average:PRICE", "hours:AT:CLOSED"]
    for groups, expected in (
        ([], 1),
        (["STAGE:value", "AT:month"], 1),
        (["OWNER:value"], 2),
        (["OWNER:value", "CREATED_BY:value"], 2),
    ):
        asked = queries(world, reader, groups=groups, measures=measures)
        limit_of_time, *read = asked
        assert "set_config" in limit_of_time
        assert len(read) == expected, read


def test_a_report_that_takes_too_long_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_MS", 1)
    slow = "(SELECT pg_sleep(0.2))::text"
    question = read_question({"groups": ["STAGE:value"]}, world.schema)
    grouping = question.groups[0].grouping
    late = replace(
        question.groups[0], grouping=replace(grouping, key=f"{{value}} + length({slow})")
    )
    with pytest.raises(fence.TooSlow):
        answer(replace(question, groups=(late,)), world.schema, actor=world.actor)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "0"


def test_a_name_that_may_not_be_seen_makes_one_group_without_a_condition(world: World) -> None:
    places = world.schema["PLACE"].field.settings["list"]
    for model in (ListUserRight, ListGroupRight):
        model.objects.filter(content_object=places).delete()
    reader = Employee.objects.get(username="p1")
    got = world.ask(reader, groups=["PLACE:value"], measures=["count"])
    assert {group.key for group in got.lines} == {(GONE, None), (NO_VALUE, None)}
    hidden = next(group for group in got.lines if group.key[0] == GONE)
    assert hidden.condition is None
    assert got.by_line[GONE, None].rows == sum(row["PLACE"] is not None for row in world.rows)
