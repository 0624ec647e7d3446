"""Buttons on the element: who may press which, once; time-outs; the states of a machine."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from lists_core.services.elements import update_element
from staff.models import Employee
from svod.base.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import START, begin, put, step, template_of, variables
from workflows.engine.work import work_all
from workflows.models import Command, Instance, StepLog, Wake
from workflows.services import instances
from workflows.services.commands import available, press
from workflows.services.events import handle_events

pytestmark = pytest.mark.django_db
AFTER = put("after", "{{Step.ask.command}}")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def ask(*buttons: dict[str, Any], **params: Any) -> dict[str, Any]:
    return step("command", "ask", commands=list(buttons), **params)


def button(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": code.title(), **more}


def waiting(world: World, *steps: Any) -> Instance:
    element = world.add()
    handle_events(START)
    return begin(template_of(list(steps), list_=world.list), world.anna, element.pk)


def shown(world: World, person: Employee, instance: Instance) -> dict[str, int]:
    rows = available(person, list_id=world.list.pk, subject_id=instance.subject_id or 0)
    return {one.code: one.pk for one in rows}


def on(instance: Instance, after: timedelta = timedelta(days=999)) -> Instance:
    handle_events(START + after)
    work_all(START + after)
    instance.refresh_from_db()
    return instance


def test_a_button_is_pressed_and_its_answer_is_a_result(world: World) -> None:
    one = waiting(world, ask(button("yes"), button("no", comment="required")), AFTER)
    buttons = shown(world, world.petr, one)
    assert list(buttons) == ["yes", "no"]
    with pytest.raises(Invalid):
        press(buttons["no"], actor=world.petr)
    press(buttons["no"], actor=world.petr, comment=" Дорого ")
    assert shown(world, world.petr, one) == {}
    assert variables(on(one)) == {"after": "no"}
    result = one.state["results"]["ask"]
    assert result == {
        "event": "command", "command": "no", "comment": "Дорого", "actor": world.petr.pk,
    }  # fmt: skip
    entry = StepLog.objects.get(event="pressed")
    assert (entry.actor, entry.step, entry.data["label"]) == (world.petr, "ask", "No")


def test_a_second_press_is_told_and_changes_nothing(world: World) -> None:
    one = waiting(world, ask(button("yes"), button("no")), AFTER)
    buttons = shown(world, world.anna, one)
    press(buttons["yes"], actor=world.anna)
    for code in ("yes", "no"):
        with pytest.raises(Conflict):
            press(buttons[code], actor=world.petr)
    assert variables(on(one)) == {"after": "yes"}


def test_only_the_people_named_may_press(world: World) -> None:
    one = waiting(world, ask(button("yes", people=[f"employee:{world.petr.pk}"])), AFTER)
    assert shown(world, world.anna, one) == {}
    pressed = Command.objects.get().pk
    with pytest.raises(Forbidden):
        press(pressed, actor=world.anna)
    press(pressed, actor=world.petr)
    assert variables(on(one)) == {"after": "yes"}


def test_who_may_not_run_processes_sees_no_buttons(world: World) -> None:
    from lists_core.access import Right
    from lists_core.services.rights import set_list_rights
    from staff.subjects import Subject

    one = waiting(world, ask(button("yes")), AFTER)
    rights = {
        Subject.parse(f"U{world.anna.pk}"): frozenset({Right.FULL}),
        Subject.parse(f"U{world.petr.pk}"): frozenset({Right.VIEW}),
    }
    set_list_rights(world.list.pk, rights, actor=world.anna)
    assert shown(world, world.petr, one) == {}
    with pytest.raises(Forbidden):
        press(Command.objects.get().pk, actor=world.petr)
    stranger = Employee.objects.create_user("out", "out@svod.example", "x", last_name="Чужой")
    with pytest.raises(NotFound):
        press(Command.objects.get().pk, actor=stranger)


def test_buttons_go_with_their_time_out(world: World) -> None:
    one = waiting(world, ask(button("yes"), timeout={"amount": 2, "unit": "days"}), AFTER)
    pressed = Command.objects.get().pk
    assert on(one, timedelta(days=1)).status == "waiting"
    done = on(one, timedelta(days=2))
    assert done.state["results"]["ask"]["event"] == "timeout"
    with pytest.raises(Conflict):
        press(pressed, actor=world.anna)


def test_who_pressed_before_the_time_out_was_taken_up_was_first(world: World) -> None:
    """The answer is in the table, its message is late: the timer's turn comes before it."""
    one = waiting(world, ask(button("yes"), timeout={"amount": 2, "unit": "days"}), AFTER)
    press(Command.objects.get().pk, actor=world.anna)
    Wake.objects.filter(kind="answer").update(due_at=START + timedelta(days=3))
    assert on(one, timedelta(days=2)).status == "waiting"
    assert variables(on(one, timedelta(days=3))) == {"after": "yes"}


def test_a_cancelled_process_takes_its_buttons_along(world: World) -> None:
    one = waiting(world, ask(button("yes")), AFTER)
    instances.cancel(one.pk, actor=world.anna)
    assert not Command.objects.exists()


def test_a_button_for_nobody_stops_the_process_with_a_reason(world: World) -> None:
    one = waiting(world, ask(button("yes", people=["employee:999999"])))
    assert one.status == "failed"
    assert not Command.objects.exists()


def test_many_buttons_cost_as_many_queries_as_one(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    element = world.add()
    for place in range(20):
        begin(template_of([ask(button("a"))], code=f"p{place}", list_=world.list),
              world.anna, element.pk)  # fmt: skip
    with django_assert_max_num_queries(16):
        rows = available(world.petr, list_id=world.list.pk, subject_id=element.pk)
        assert len({one.instance.version.template.name for one in rows}) == 20


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_press_at_once_one_is_first() -> None:
    world = make_world()
    one = waiting(world, ask(button("yes"), button("no")), AFTER)
    ids = list(Command.objects.values_list("pk", flat=True))

    def pressing(place: int) -> bool:
        try:
            press(ids[place % 2], actor=world.anna)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(pressing, range(10))) == 1
    assert Wake.objects.filter(instance=one, kind="answer").count() == 1
    _the_earlier_of_two_signals_goes_first(one)


def _the_earlier_of_two_signals_goes_first(one: Instance) -> None:
    """Also when another worker has just taken it, and only it, to carry it out."""
    early = Wake.objects.get(instance=one, kind="answer")
    late = {"command": "late", "comment": "", "actor": None}
    Wake.objects.create(
        instance=one, kind="answer", key=early.key, due_at=early.due_at, payload=late
    )
    other = connection.copy()
    other.set_autocommit(False)
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM workflows_wake WHERE id = %s FOR UPDATE", [early.pk])
        assert variables(on(one)) == {}
    assert variables(on(one)) == {"after": early.payload["command"]}


# --- states -------------------------------------------------------------------------------


def state(id_: str, entry: list[Any] = (), exit_: list[Any] = (), **params: Any) -> dict[str, Any]:  # type: ignore[assignment]
    branches = [{"code": "entry", "steps": list(entry)}, {"code": "exit", "steps": list(exit_)}]
    return {
        "id": id_, "type": "state", "name": id_.title(), "params": params, "branches": branches,
    }  # fmt: skip


def leads(code: str, to: str, **more: Any) -> dict[str, Any]:
    return {**button(code), "to": to, **more}


def noted(what: str, id_: str) -> dict[str, Any]:
    return put("path", "{{Variable.path}}" + what + " ", id_)


def machine(*states: dict[str, Any]) -> list[Any]:
    return [step("state_machine", "m", branches=[list(states)]), put("after", "1")]


def pressed(world: World, instance: Instance, code: str, comment: str = "") -> Instance:
    press(shown(world, world.anna, instance)[code], actor=world.anna, comment=comment)
    return on(instance, timedelta(days=30))


def path(instance: Instance) -> str:
    return str(variables(instance).get("path", "")).strip()


def document() -> list[Any]:
    """draft → review → done, and back from review to draft."""
    return machine(
        state("draft", [noted("+draft", "d1")], [noted("-draft", "d2")],
              commands=[leads("send", "review")]),
        state("review", [noted("+review", "r1")], [noted("-review", "r2")],
              commands=[leads("accept", "done"), leads("back", "draft", comment="required")]),
        state("done", [noted("+done", "e1")]),
    )  # fmt: skip


def test_commands_lead_from_state_to_state(world: World) -> None:
    one = waiting(world, *document())
    assert (one.status, path(one), list(shown(world, world.anna, one))) == (
        "waiting", "+draft", ["send"],
    )  # fmt: skip
    one = pressed(world, one, "send")
    assert path(one) == "+draft -draft +review"
    one = pressed(world, one, "back", "Опечатка")
    assert one.state["results"]["review"]["comment"] == "Опечатка"
    one = pressed(world, one, "send")
    one = pressed(world, one, "accept")
    assert (one.status, variables(one)["after"]) == ("done", "1")
    assert path(one).endswith("-draft +review -review +done")
    assert not Wake.objects.exists()
    assert not Command.objects.exists()


def test_a_state_has_time_outs_counted_from_the_entry(world: World) -> None:
    days = lambda count: {"amount": count, "unit": "days"}  # noqa: E731
    one = waiting(world, *machine(
        state("draft", [step("wait", period=days(1))],
              timeouts=[{"to": "late", "after": days(3)}, {"to": "dead", "after": days(9)}]),
        state("late", [noted("late", "l")]),
        state("dead", [noted("dead", "x")]),
    ))  # fmt: skip
    assert on(one, timedelta(days=2)).status == "waiting"
    assert path(on(one, timedelta(days=3))) == "late"
    assert one.status == "done"


def test_a_change_of_the_element_leads_to_a_state(world: World) -> None:
    dear = {"and": [{"field": "PRICE", "op": "gt", "value": ["10"]}]}
    one = waiting(world, *machine(
        state("draft", events=[{"to": "dear", "fields": ["PRICE"], "when": dear}],
              commands=[leads("stop", "")]),
        state("dear", [noted("dear", "d")]),
    ))  # fmt: skip
    for version, price in ((1, 5), (2, 50)):
        assert on(one, timedelta(days=1)).status == "waiting"
        update_element(world.list.pk, one.subject_id or 0, {"PRICE": price}, version=version,
                       actor=world.anna)  # fmt: skip
    assert path(on(one, timedelta(days=1))) == "dear"
    assert not Command.objects.exists()


def test_a_command_may_end_the_machine(world: World) -> None:
    one = waiting(world, *machine(state("draft", commands=[leads("stop", "")])))
    assert variables(pressed(world, one, "stop")) == {"after": "1"}


def test_steps_set_the_state_themselves(world: World) -> None:
    choice = step("if", branches=[[step("set_state", "go", state="end")], [noted("no", "n")]])
    fork = step("parallel", branches=[[step("wait", period={"amount": 9, "unit": "days"})],
                                      [choice]])  # fmt: skip
    one = waiting(world, *machine(
        state("draft", [noted("+draft", "a"), fork, noted("never", "b")], [noted("-draft", "c")],
              commands=[leads("x", "draft")]),
        state("end", [noted("+end", "d")]),
    ))  # fmt: skip
    assert (one.status, path(one)) == ("done", "+draft -draft +end")
    assert not Wake.objects.exists()


def test_exit_steps_may_lead_elsewhere(world: World) -> None:
    one = waiting(world, *machine(
        state("draft", exit_=[step("set_state", state="other"), noted("never", "n")],
              commands=[leads("go", "end")]),
        state("end", [noted("+end", "e")]),
        state("other", [noted("+other", "o")]),
    ))  # fmt: skip
    assert path(pressed(world, one, "go")) == "+other"


def test_what_begins_to_wait_and_is_given_up_in_one_batch_leaves_nothing(world: World) -> None:
    fork = step("parallel", join="any", branches=[[ask(button("a"))], [put("x", "1")]])
    one = waiting(world, fork)
    assert one.status == "done"
    assert not Command.objects.exists()
    assert not Wake.objects.exists()


def test_a_cancelled_machine_leaves_nothing(world: World) -> None:
    one = waiting(world, *document())
    instances.cancel(one.pk, actor=world.anna)
    assert not Command.objects.exists()
    with pytest.raises(DomainError):
        instances.cancel(one.pk, actor=world.anna)
