"""Rows of every kind, and what a report tells of them in plain Python."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from moneyed import Money

from lists_core.models import Element, FieldOption, List, Section
from lists_core.reports.answer import NO_VALUE, VALUE, Answer, answer
from lists_core.reports.question import Question, read_question
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee

ZONE = ZoneInfo("Asia/Vladivostok")
ROWS = 300
FIELDS = {
    "STAGE": ("list", {}),
    "TAGS": ("list", {"multiple": True}),
    "OWNER": ("employee", {}),
    "TEAM": ("employee", {"multiple": True}),
    "PLACE": ("element", {}),
    "DONE": ("boolean", {}),
    "DAY": ("date", {}),
    "DAYS": ("date", {"multiple": True}),
    "AT": ("datetime", {}),
    "CLOSED": ("datetime", {}),
    "PRICE": ("number", {"settings": {"precision": 2, "unit": "м"}}),
    "AMOUNT": ("money", {}),
    "NOTE": ("string", {}),
}
SINGLE = ["STAGE", "OWNER", "PLACE", "SECTION", "DONE", "CREATED_BY", "NOTE"]
SEVERAL = ["TAGS", "TEAM"]
UNITS = ["day", "week", "month", "quarter", "year"]
TIMES = [f"{code}:{unit}" for code, unit in product(["DAY", "DAYS", "AT", "CREATED_AT"], UNITS)]
GROUPS = [*(f"{code}:value" for code in (*SINGLE, *SEVERAL)), *TIMES]
BETWEEN = ["hours:AT:CLOSED", "hours:DAY:AT", "hours:CREATED_AT:CLOSED"]


@dataclass
class World:
    """`rows` are plain: code → natural value, as they were written."""

    actor: Employee
    list: List
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def schema(self) -> Any:
        return schema_of(List.objects.get(pk=self.list.pk))

    def ask(self, actor: Employee | None = None, **asked: Any) -> Answer:
        question = read_question({"limit": 100, **asked}, self.schema)
        assert not question.notices
        return answer(question, self.schema, actor=actor or self.actor)


def make_world(chance: random.Random, rows: int = ROWS) -> World:
    forget_schemas()
    actor = Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Я")
    people = [
        Employee.objects.create_user(f"p{n}", f"p{n}@svod.example", "x", last_name=f"Лицо {n}")
        for n in range(4)
    ]
    places = create_list(actor=actor, name="Места", everyone="view")
    list_ = create_list(actor=actor, name="Сделки", everyone="view", has_sections=True)
    for code, (kind, more) in FIELDS.items():
        settings = {"list": places.pk} if kind == "element" else {}
        given = {"settings": settings, **more}
        made = create_field(list_.pk, kind, actor=actor, name=code.title(), code=code, **given)
        for place in range(4) if kind == "list" else ():
            FieldOption.objects.create(field=made, name=f"О{place}", color="teal", sort=place)
    forget_schemas()
    world = World(actor, list_)
    sections = [Section.objects.create(list=list_, name=f"Р{n}") for n in range(3)]
    targets = make_elements(places, [{"name": f"М{n}"} for n in range(5)])
    _fill(world, chance, people, [one.pk for one in sections], targets, rows)
    return world


def make_elements(list_: List, rows: list[dict[str, Any]]) -> list[int]:
    made = Element.objects.bulk_create([Element(list=list_) for _row in rows])
    model = schema_of(List.objects.get(pk=list_.pk)).model
    model.objects.bulk_create(model(id=one.pk, **row) for one, row in zip(made, rows, strict=True))
    return [one.pk for one in made]


def _fill(
    world: World, chance: random.Random, people: Any, sections: Any, targets: Any, rows: int
) -> None:
    schema = world.schema
    options = {c: [o.pk for o in schema[c].field.options.all()] for c in ("STAGE", "TAGS")}
    ids = [one.pk for one in people]

    def some(of: list[Any]) -> list[Any] | None:
        return chance.sample(of, chance.randint(1, 3)) if chance.random() < 0.8 else None

    def one(of: list[Any]) -> Any:
        return chance.choice([None, *of])

    def moment() -> datetime:
        start = datetime(2025, 3, 1, tzinfo=UTC)
        return start + timedelta(seconds=chance.randrange(400 * 86_400))

    stored = []
    for number in range(rows):
        values = {
            "STAGE": one(options["STAGE"]), "TAGS": some(options["TAGS"]), "OWNER": one(ids),
            "TEAM": some(ids), "PLACE": one(targets), "DONE": one([True, False]),
            "DAY": one([moment().date()]), "DAYS": some([moment().date() for _n in range(3)]),
            "AT": one([moment()]), "CLOSED": one([moment()]),
            "PRICE": one([Decimal(chance.randrange(10_000)) / 100]),
            "AMOUNT": one([Money(Decimal(chance.randrange(10_000)) / 100, code)
                           for code in ("RUB", "RUB", "USD", "KZT")]),
            "NOTE": one(["x", "y", "Ъ" * 199]),
        }  # fmt: skip
        own = {"SECTION": one(sections), "CREATED_BY": chance.choice(ids), "CREATED_AT": moment()}
        columns = {
            name: stored_
            for code, value in {**values, **own}.items()
            for name, stored_ in schema[code].to_columns(value).items()
        }
        stored.append({"name": f"{number}", **columns})
        world.rows.append({**values, **own})
    for row, pk in zip(world.rows, make_elements(world.list, stored), strict=True):
        row["ID"] = pk


# --- the same in plain Python -----------------------------------------------------------


def start_of(unit: str, value: Any) -> date:
    day = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
    return {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1),
        "year": day.replace(day=1, month=1),
    }[unit]


def keys_of(row: dict[str, Any], group: str) -> set[Any]:
    code, _sign, by = group.partition(":")
    value = row[code]
    if value is None:
        return {(NO_VALUE, None)}
    items = value if isinstance(value, list) else [value]
    return {(VALUE, item if by == "value" else start_of(by, item)) for item in items}


def seconds(first: Any, last: Any) -> float:
    moments = [
        value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time(), ZONE)
        for value in (first, last)
    ]
    return (moments[1] - moments[0]).total_seconds()


def average(numbers: list[Any]) -> Any:
    return sum(numbers) / len(numbers)


COUNTED: dict[str, Callable[[list[Any]], Any]] = {
    "sum": sum, "average": average, "min": min, "max": max,
}  # fmt: skip


def measured(rows: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """Split → number."""
    slug, *fields = code.split(":")
    if slug == "count":
        return {"": len(rows)}
    if slug == "filled":
        return {"": 100 * sum(row[fields[0]] is not None for row in rows) / len(rows)}
    if slug == "hours":
        first, last = fields
        known = [row for row in rows if row[first] is not None and row[last] is not None]
        hours = [seconds(row[first], row[last]) / 3600 for row in known]
        return {"": average(hours)} if hours else {}
    by_split = defaultdict(list)
    for value in (row[fields[0]] for row in rows):
        if isinstance(value, Money):
            by_split[value.currency.code].append(value.amount)
        elif value is not None:
            by_split[""].append(value)
    return {split: COUNTED[slug](numbers) for split, numbers in by_split.items()}


def check(tally: Any, rows: list[dict[str, Any]], question: Question, where: Any) -> None:
    assert tally.rows == len(rows), where
    for place, one in enumerate(question.measures):
        got = {split: float(number) for split, number in tally.values(place, one)}
        wanted = measured(rows, one.code)
        assert got == pytest.approx({key: float(n) for key, n in wanted.items()}), (where, one.code)


def check_answer(world: World, got: Answer, rows: list[dict[str, Any]]) -> None:
    groups = [group.code for group in got.question.groups]
    cells = defaultdict(list)
    lines, columns = defaultdict(list), defaultdict(list)
    for row in rows:
        keys = [keys_of(row, group) for group in groups]
        for place in product(*keys):
            cells[place].append(row)
        for margin, own in zip((lines, columns), keys, strict=False):
            for key in own:
                margin[key].append(row)
    assert got.cells.keys() == cells.keys()
    for place, own in cells.items():
        check(got.cells[place], own, got.question, place)
    for margin, known in ((lines, got.by_line), (columns, got.by_column)):
        assert known.keys() == margin.keys()
        for key, own in margin.items():
            check(known[key], own, got.question, key)
    check(got.total, rows, got.question, "total")
    assert {group.key for group in got.lines} == lines.keys()
    assert {group.key for group in got.columns} == columns.keys()
