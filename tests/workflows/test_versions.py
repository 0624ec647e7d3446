"""Moving to a new version, ending what was called, and loads that hurt nobody else."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from lists_core.services.bulk import bulk_update
from staff.models import Employee
from svod.base.errors import Forbidden
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import START, begin, put, step, template_of, variables, worked
from workflows.engine.work import work_all
from workflows.models import Command, Instance, Template, Trigger, Version
from workflows.services.commands import press
from workflows.services.events import handle_events
from workflows.services.instances import cancel
from workflows.services.versions import move_to_version, preview

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Employee:
    return Employee.objects.create_superuser("root", "root@svod.example", "x", last_name="Рут")


def wait(days: int, id_: str = "w") -> dict[str, Any]:
    return step("wait", id_, period={"amount": days, "unit": "days"})


def second(template: Template, *steps: Any) -> Version:
    return Version.objects.create(template=template, number=2, tree={"steps": list(steps)})


def test_a_waiting_instance_goes_on_by_the_new_version(anna: Employee) -> None:
    template = template_of([wait(10), put("a", "old")])
    one = begin(template, anna)
    new = second(template, wait(5), put("a", "new"))
    shown = preview(new.pk, actor=anna)
    assert (shown.movable, dict(shown.kept), shown.recounted) == ([one.pk], {}, 1)
    assert sum(shown.places.values()) == 1
    assert move_to_version(new.pk, actor=anna) == 1
    one.wakes.filter(kind="event").update(due_at=START)
    assert worked(one, timedelta(days=4)).status == "waiting"
    done = worked(one, timedelta(days=5))
    assert (variables(done), done.version_id) == ({"a": "new"}, new.pk)
    assert done.log.filter(event="version", actor=anna).exists()
    assert preview(new.pk, actor=anna).movable == []


@pytest.mark.parametrize(
    "steps",
    [
        [put("a", "new")],
        [put("a", "1", "w")],
        [step("block", branches=[[wait(5)]])],
    ],
)
def test_an_instance_whose_step_is_gone_or_moved_stays(anna: Employee, steps: Any) -> None:
    template = template_of([wait(10)])
    one = begin(template, anna)
    new = second(template, *steps)
    shown = preview(new.pk, actor=anna)
    assert (shown.movable, sum(shown.kept.values())) == ([], 1)
    assert move_to_version(new.pk, actor=anna, instance_ids=[one.pk]) == 0
    assert Instance.objects.get().version.number == 1


def test_buttons_that_changed_keep_it_where_it_is(anna: Employee) -> None:
    ask = step("command", "c", commands=[{"code": "a", "label": "A"}])
    template = template_of([ask, put("a", "1")])
    begin(template, anna)
    other = step("command", "c", commands=[{"code": "b", "label": "B"}])
    assert preview(second(template, other).pk, actor=anna).movable == []
    same = Version.objects.create(
        template=template, number=3, tree={"steps": [ask, put("a", "new")]}
    )
    assert move_to_version(same.pk, actor=anna) == 1
    press(Command.objects.get().pk, actor=anna)
    work_all(START + timedelta(days=99))
    assert variables(Instance.objects.get()) == {"a": "new"}


def test_only_who_designs_the_process_moves_it(anna: Employee) -> None:
    template = template_of([wait(10)])
    petr = Employee.objects.create_user("petr", "petr@svod.example", "x")
    with pytest.raises(Forbidden):
        move_to_version(second(template, wait(1)).pk, actor=petr)


def test_cancelling_ends_what_is_waited_for_all_the_way_down(anna: Employee) -> None:
    template_of([wait(10)], code="inmost")
    template_of([wait(10)], code="free")
    call = [step("start_process", "c", process="inmost", wait=True)]
    template_of(call, code="middle")
    outer = [step("start_process", "f", process="free"),
             step("start_process", "c", process="middle", wait=True)]  # fmt: skip
    one = begin(template_of(outer, code="outer"), anna)
    cancel(one.pk, actor=anna)
    ended = {row.version.template.code: row.status for row in Instance.objects.all()}
    assert ended == {
        "outer": "cancelled", "middle": "cancelled", "inmost": "cancelled", "free": "waiting",
    }  # fmt: skip


def test_who_is_told_to_wait_gets_results_and_who_is_not_goes_on(anna: Employee) -> None:
    returned = [{"code": "x", "returned": True}]
    template_of([wait(1), put("x", "5")], code="child", variables=returned)
    free = step("start_process", "f", process="child")
    waited = step("start_process", "c", process="child", wait=True)
    one = begin(template_of([free, put("a", "1"), waited, put("b", "{{Step.c.x}}")]), anna)
    assert (variables(one), one.status) == ({"a": "1"}, "waiting")
    assert variables(worked(one, timedelta(days=1))) == {"a": "1", "b": "5"}


# --- load ---------------------------------------------------------------------------------


def test_a_bulk_change_does_not_keep_a_person_waiting() -> None:
    """Thousands of starts stand in the queue; a button that somebody presses comes first.

    docs/processes.md has the figures for 10,000.
    """
    world: World = make_world()
    ids = _many(world, 2_000)
    template = template_of([put("a", "{{Document.NAME}}")], list_=world.list)
    Trigger.objects.create(template=template, event="changed", settings={})
    asked = begin(
        template_of([step("command", commands=[{"code": "a", "label": "A"}]), put("a", "1")],
                    code="ask", list_=world.list),
        world.anna, ids[0],
    )  # fmt: skip
    for place in range(0, len(ids), 500):
        bulk_update(world.list.pk, ids[place : place + 500], {"NOTE": "x"}, actor=world.anna)
    begun = time.perf_counter()
    while handle_events():
        pass
    starting = time.perf_counter() - begun
    assert Instance.objects.filter(version__template=template).count() == 2_000
    press(Command.objects.get().pk, actor=world.anna)
    begun = time.perf_counter()
    from workflows.engine.work import work

    work()
    answered = time.perf_counter() - begun
    asked.refresh_from_db()
    assert asked.status == "done"
    assert answered < 2, f"{answered:.2f} s, starting took {starting:.1f} s"
    assert starting < 30


def _many(world: World, count: int) -> list[int]:
    from lists_core.models import Element
    from lists_core.schema.cache import schema_of

    made = Element.objects.bulk_create(Element(list=world.list) for _place in range(count))
    model = schema_of(world.list).model
    model.objects.bulk_create(
        model(id=one.pk, name="Ель", created_by=world.anna.pk) for one in made
    )
    return [one.pk for one in made]
