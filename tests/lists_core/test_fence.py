"""Pages behind the fence: the same rows as in front of it, and no walk along an index."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection
from django.db.models import Func, TextField, Value
from django.test.utils import CaptureQueriesContext

from lists_core.access import ROLES, Right, remembering
from lists_core.models import Element, List, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors import fence
from lists_core.selectors.elements import ElementQuery, found
from lists_core.services.lists import create_list
from lists_core.services.readers import sync_readers
from lists_core.services.stored_rights import insert_rights
from staff.models import Employee
from staff.subjects import AUTHOR, EVERYONE, Subject

pytestmark = pytest.mark.django_db
VIEW = ROLES["view"][1]
ADD = frozenset({Right.ADD})


class World:
    """Elements in sections, by several authors, some restricted, some in the bin."""

    def __init__(self, chance: random.Random, rows: int = 80) -> None:
        self.chance = chance
        self.admin = Employee.objects.create_superuser("admin", "admin@svod.example", "x")
        self.people = [
            Employee.objects.create_user(f"p{n}", f"p{n}@svod.example", "x") for n in range(4)
        ]
        list_ = create_list(actor=self.admin, name="Договоры", has_sections=True)
        sections = [
            Section.objects.create(list=list_, name=str(n), restricted=chance.random() < 0.2)
            for n in range(5)
        ]
        self.list = List.objects.get(pk=list_.pk)
        self.schema = schema_of(self.list)
        numbers = Element.objects.bulk_create([Element(list=list_) for _n in range(rows)])
        model = self.schema.model
        model.objects.bulk_create(
            model(
                id=number.pk,
                name=f"{chance.randrange(20)}",
                section=chance.choice([None, *(section.pk for section in sections)]),
                created_by=chance.choice(self.people).pk,
                restricted=chance.random() < 0.2,
                deleted_at=chance.choice([None, None, None, self.list.created_at]),
            )
            for number in numbers
        )
        self.grant(List, [self.list.pk], chance.choice([{}, {EVERYONE: ADD, AUTHOR: VIEW}]))
        self.grant(Section, [chance.choice(sections).pk], self.somebody())
        some = [number.pk for number in numbers if chance.random() < 0.1]
        self.grant(Element, some, self.somebody())
        sync_readers(self.list.pk)

    def somebody(self) -> dict[Subject, Any]:
        return {Subject("U", person.pk): VIEW for person in self.chance.sample(self.people, 2)}

    def grant(self, model: Any, ids: list[int], grants: dict[Subject, Any]) -> None:
        insert_rights(model, ids, grants, self.list.pk if model is Element else 0)

    def page(self, actor: Employee, start: int = 0, sort: Any = ()) -> Any:
        rows = found(self.schema, ElementQuery(sort=sort), actor=actor)
        return rows.values_list("pk", flat=True)[start : start + 10]


def setting(name: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cheap", [0, 10**9])
def test_random_worlds_look_the_same(
    seed: int, cheap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fence, "_is_walk", lambda plan: True)
    monkeypatch.setattr(fence, "CHEAP", cheap)
    monkeypatch.setattr(fence, "PATIENCE_MS", 60_000)
    world = World(random.Random(seed))
    for actor in (world.admin, *world.people):
        for start, sort in ((0, ()), (7, (("NAME", False),)), (0, (("NAME", True),))):
            rows = world.page(actor, start, sort)
            assert fence.bounded(rows.all(), world.schema, actor) == list(rows)


def test_a_walk_that_takes_too_long_is_cut_and_fenced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "_is_walk", lambda plan: True)
    monkeypatch.setattr(fence, "CHEAP", 0)
    monkeypatch.setattr(fence, "PATIENCE_MS", 5)
    world = World(random.Random(1))
    actor = max(world.people, key=lambda person: len(world.page(person)))
    nap = Func(Value(0.02), function="pg_sleep", output_field=TextField())
    slow = found(world.schema, ElementQuery(), actor=actor).annotate(nap=nap)
    rows = slow.values_list("pk", "nap")[:3]
    with CaptureQueriesContext(connection) as caught:
        assert [pk for pk, _nap in fence.bounded(rows, world.schema, actor)] == list(
            world.page(actor)[:3]
        )
    assert any("statement_timeout" in query["sql"] for query in caught)
    assert (setting("statement_timeout"), setting("enable_indexscan")) == ("0", "on")


def test_the_shorter_of_two_limits_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "monotonic", lambda: 100.0)

    def limits() -> list[Any]:
        found = [setting("statement_timeout")]
        fence.in_time(lambda: found.append(setting("statement_timeout")), 90_000)
        return found

    assert limits() == ["0", "90s"]
    assert fence.in_time(limits, 1_500) == ["1500ms", "1500ms"]
    assert fence.in_time(limits, 120_000) == ["2min", "90s"]
    nap = Func(Value(5), function="pg_sleep", output_field=TextField())
    asleep = Element.objects.annotate(nap=nap).values_list("nap")
    Element.objects.create(list_id=create_list(actor=World(random.Random(1)).admin, name="A").pk)
    assert fence.in_time(lambda: fence.in_time(lambda: list(asleep), 60_000), 20) is None


def test_several_statements_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has what the first has left; with nothing left there is no statement at all."""
    now = [100.0]
    monkeypatch.setattr(fence, "monotonic", lambda: now[0])

    def read(*seconds: float) -> list[Any]:
        found = [setting("statement_timeout")]
        for passed in seconds:
            now[0] += passed
            found.append(setting("statement_timeout"))
        return found

    assert fence.in_time(lambda: read(0.1, 2, 5), 8_000) == ["8s", "8s", "5900ms", "900ms"]
    assert fence.in_time(lambda: read(3, 6), 8_000) is None
    with fence.together(10_000):
        assert fence.in_time(lambda: read(4), 8_000) == ["8s", "4s"]
        assert fence.in_time(lambda: read(3), 8_000) == ["6s", "3s"]
        assert fence.in_time(lambda: fence.in_time(lambda: read(1), 60_000), 8_000) == ["3s", "2s"]
        now[0] += 60
        assert fence.in_time(read, 8_000) is None
    assert fence.in_time(read, 8_000) == ["8s"]
    assert setting("statement_timeout") == "0"


# --- the planner's own choice -----------------------------------------------------------


@pytest.fixture
def large() -> World:
    """20,000 elements; the first person reads 80 of them, at the far end of the order."""
    world = World(random.Random(3), rows=0)
    table = world.schema.table
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO element (list_id) SELECT %s FROM generate_series(1, 20000)"
            f" RETURNING id) INSERT INTO {table} (id, name, created_at, modified_at, version,"
            " restricted, readers) SELECT id, 'x', now(), now(), 1, false,"
            " ARRAY[(-100000 - id %% 700)::int] FROM made",
            [world.list.pk],
        )
    first = list(world.schema.model.objects.order_by("pk").values_list("pk", flat=True)[:80])
    world.grant(Element, first, {Subject("U", world.people[0].pk): VIEW})
    sync_readers(world.list.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
    return world


def test_few_elements_at_the_far_end_are_not_walked_to(large: World) -> None:
    actor = large.people[0]
    rows = large.page(actor)
    assert fence._is_walk(fence._plan(rows)), "the trap is gone: the planner does not walk"
    with fence.fenced():
        assert "Index Scan using" not in rows.explain()
    with CaptureQueriesContext(connection) as caught:
        assert len(fence.bounded(rows, large.schema, actor)) == 10
    assert any("enable_indexscan" in query["sql"] for query in caught)
    assert setting("enable_indexscan") == "on"


def test_who_sees_the_whole_list_pays_nothing(large: World) -> None:
    reader = large.people[1]
    large.grant(List, [large.list.pk], {Subject("U", reader.pk): VIEW})
    for actor in (large.admin, reader):
        rows = large.page(actor)
        with remembering():
            fence.bounded(rows.all(), large.schema, actor)
            with CaptureQueriesContext(connection) as caught:
                assert len(fence.bounded(rows.all(), large.schema, actor)) == 10
        assert len(caught) == 1
