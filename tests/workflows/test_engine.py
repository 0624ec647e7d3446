"""The interpreter: where tokens go, what waits, what fails and what is left of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from staff.models import Employee
from svod.base.errors import DomainError
from tests.workflows.processes import (
    START,
    begin,
    events,
    put,
    signal,
    step,
    template_of,
    variables,
    worked,
)
from workflows.actions.base import Action, Signal, Wait, actions
from workflows.engine.errors import Retry
from workflows.models import Instance, Wake
from workflows.services import instances

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Employee:
    return Employee.objects.create_superuser("anna", "anna@svod.example", "x", last_name="Иванова")


class Pause(Action):
    """Waits for a signal, and at most ten days."""

    slug = "pause"
    label = "Pause"

    def run(self, context: Any, params: Any) -> Wait:
        return Wait(context.now + timedelta(days=10))

    def resume(self, context: Any, params: Any, signal: Signal) -> Any:
        return {"kind": signal.kind, **signal.payload}


class Flaky(Action):
    """Fails as often as told."""

    slug = "flaky"
    label = "Flaky"
    errors: list[Exception] = []
    ran = 0

    def run(self, context: Any, params: Any) -> None:
        type(self).ran += 1
        if self.errors:
            raise self.errors.pop(0)


class Lonely(Action):
    slug = "lonely"
    label = "Lonely"
    isolated = True
    together: list[int] = []

    def run(self, context: Any, params: Any) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT txid_current()")
        self.together.append(context.instance.pk)


@pytest.fixture(autouse=True)
def own_actions() -> Any:
    Flaky.errors, Flaky.ran, Lonely.together = [], 0, []
    for action in (Pause, Flaky, Lonely):
        actions.register(action)
    yield
    for action in (Pause, Flaky, Lonely):
        actions.unregister(action.slug)


def counted(variable: str = "n") -> dict[str, Any]:
    return {"left": f"{{{{Variable.{variable}}}}}", "op": "eq", "right": "1"}


def test_steps_run_in_order_and_the_end_is_the_end(anna: Employee) -> None:
    done = begin(template_of([put("a", "1"), put("b", "{{Variable.a}}2")]), anna)
    assert (done.status, variables(done)) == ("done", {"a": "1", "b": "12"})
    assert events(done) == [("put_a", "done"), ("put_b", "done")]
    assert done.finished_at == START
    assert not Wake.objects.exists()


def test_an_empty_process_is_over_at_once(anna: Employee) -> None:
    assert begin(template_of([]), anna).status == "done"


@pytest.mark.parametrize(("n", "came"), [("1", "first"), ("2", "other")])
def test_if_takes_the_first_branch_that_fits(anna: Employee, n: str, came: str) -> None:
    choice = step("if", branches=[
        (counted(), [put("x", "first", "x1")]), (None, [put("x", "other", "x2")]),
    ])  # fmt: skip
    done = begin(template_of([put("n", n), choice, put("after", "yes")]), anna)
    assert variables(done) == {"n": n, "x": came, "after": "yes"}


def test_if_without_a_fitting_branch_goes_on(anna: Employee) -> None:
    choice = step("if", branches=[(counted(), [put("x", "1")])])
    assert variables(begin(template_of([choice, put("after", "1")]), anna)) == {"after": "1"}


def test_for_each_takes_every_value_once(anna: Employee) -> None:
    body = [put("all", "{{Variable.all}}{{Variable.one}}")]
    loop = step("foreach", branches=[body], values="{{Parameter.values}}", variable="one")
    done = begin(template_of([loop, put("after", "1")]), anna, values=["a", "b", "c"])
    assert variables(done) == {"one": "c", "all": "abc", "after": "1"}


def test_loops_inside_loops(anna: Employee) -> None:
    body = [put("all", "{{Variable.all}}{{Variable.a}}{{Variable.b}} ")]
    inner = step("foreach", "inner", branches=[body], values=["x", "y"], variable="b")
    outer = step("foreach", "outer", branches=[[inner]], values=["1", "2"], variable="a")
    assert variables(begin(template_of([outer]), anna))["all"] == "1x 1y 2x 2y "


def test_while_asks_before_every_turn(anna: Employee) -> None:
    loop = step("while", branches=[[put("n", "2")]], when=counted())
    assert variables(begin(template_of([put("n", "1", "first"), loop]), anna)) == {"n": "2"}


def test_a_loop_without_end_is_cut_off_and_says_why(anna: Employee) -> None:
    loop = step("while", branches=[[put("n", "1", "again")]], when=counted())
    cut = begin(template_of([put("n", "1"), loop]), anna)
    assert cut.status == "failed"
    assert "по кругу" in cut.error or "circles" in cut.error
    other = begin(template_of([put("a", "1")], code="other"), anna)
    assert other.status == "done"


def test_parallel_waits_for_all(anna: Employee) -> None:
    fork = step("parallel", branches=[[step("pause", "p1")], [step("pause", "p2")]])
    waiting = begin(template_of([fork, put("after", "1")]), anna)
    assert signal(waiting, "p1:1").status == "waiting"
    assert variables(signal(waiting, "p2:1")) == {"after": "1"}


def test_parallel_any_gives_up_the_others(anna: Employee) -> None:
    fork = step("parallel", branches=[[step("pause", "p1")], [step("pause", "p2")]], join="any")
    waiting = begin(template_of([fork, put("after", "1")]), anna)
    done = signal(waiting, "p2:1")
    assert (done.status, variables(done)) == ("done", {"after": "1"})
    assert not Wake.objects.exists()  # the timers of both are gone


def test_a_step_waits_for_its_time(anna: Employee) -> None:
    waiting = begin(template_of([step("pause", "p"), put("k", "{{Step.p.kind}}")]), anna)
    assert waiting.status == "waiting"
    assert worked(waiting, timedelta(days=9)).status == "waiting"
    assert variables(worked(waiting, timedelta(days=10))) == {"k": "timer"}


def test_an_answer_called_timeout_is_an_answer(anna: Employee) -> None:
    waiting = begin(template_of([step("pause", "p"), put("k", "{{Step.p.kind}}")]), anna)
    assert variables(signal(waiting, "p:1", timeout=1)) == {"k": "answer"}


def test_a_second_answer_and_one_to_an_earlier_visit_change_nothing(anna: Employee) -> None:
    body = [step("pause", "p"), put("all", "{{Variable.all}}{{Step.p.n}}")]
    loop = step("foreach", branches=[body], values=["a", "b"], variable="one")
    instance = begin(template_of([loop]), anna)
    Wake.objects.create(instance=instance, key="p:1", kind="answer", payload={"n": 1}, due_at=START)
    signal(instance, "p:1", n=2)
    assert signal(instance, "p:1", n=3).status == "waiting"
    done = signal(instance, "p:2", n=4)
    assert variables(done)["all"] == "14"


def test_a_step_that_cannot_be_done_stands_failed_with_its_reason(anna: Employee) -> None:
    Flaky.errors = [DomainError("Нет такого счёта")] * 2
    failed = begin(template_of([put("a", "1"), step("flaky"), put("b", "1")]), anna)
    assert (failed.status, failed.error) == ("failed", "Нет такого счёта")
    assert variables(failed) == {"a": "1"}  # the good step stayed
    assert worked(failed, timedelta(days=1)).status == "failed"
    instances.retry(failed.pk, actor=anna)
    assert variables(worked(failed, timedelta(days=999))) == {"a": "1", "b": "1"}
    assert Flaky.ran == 3  # in the batch, by itself, and retried


def test_a_failed_step_is_skipped(anna: Employee) -> None:
    Flaky.errors = [DomainError("x"), DomainError("x")]
    failed = begin(template_of([step("flaky"), put("b", "1")]), anna)
    assert failed.status == "failed"
    instances.skip(failed.pk, actor=anna)
    done = worked(failed, timedelta(days=999))
    assert (done.status, variables(done), done.error) == ("done", {"b": "1"}, "")


def test_other_branches_go_on_beside_a_failed_one(anna: Employee) -> None:
    Flaky.errors = [DomainError("x"), DomainError("x")]
    fork = step("parallel", branches=[[step("flaky")], [put("b", "1")]])
    failed = begin(template_of([fork]), anna)
    assert (failed.status, variables(failed)) == ("failed", {"b": "1"})


def test_what_is_away_is_tried_again_later_and_given_up_in_the_end(anna: Employee) -> None:
    Flaky.errors = [Retry("away")] * 20
    instance = begin(template_of([step("flaky")]), anna)
    assert (instance.status, instance.attempts) == ("running", 1)
    assert Wake.objects.get().due_at > START
    for hours in range(1, 20):
        instance = worked(instance, timedelta(hours=hours))
    assert (instance.status, instance.attempts) == ("failed", 5)
    assert "away" in instance.error


def test_one_bad_instance_hurts_nobody_else(anna: Employee) -> None:
    good, bad = template_of([put("a", "1")]), template_of([step("flaky")], code="bad")
    from workflows.services.instances import launch

    Flaky.errors = [DomainError("x"), DomainError("x")]
    ids = [launch(one, anna, now=START).pk for one in (good, bad, good)]
    worked(Instance.objects.get(pk=ids[0]))
    states = Instance.objects.filter(pk__in=ids).order_by("pk").values_list("status", flat=True)
    assert list(states) == ["done", "failed", "done"]


def test_isolated_steps_have_a_transaction_each(anna: Employee) -> None:
    template = template_of([step("lonely", "l1"), step("lonely", "l2"), put("b", "1")])
    done = begin(template, anna)
    assert (done.status, len(Lonely.together)) == ("done", 2)


def test_cancel_ends_it_with_its_timers(anna: Employee) -> None:
    waiting = begin(template_of([step("pause")]), anna)
    instances.cancel(waiting.pk, actor=anna)
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"
    assert not Wake.objects.exists()


def test_a_suspended_one_sleeps_until_it_is_resumed(anna: Employee) -> None:
    waiting = begin(template_of([step("pause")]), anna)
    instances.suspend(waiting.pk, actor=anna)
    assert worked(waiting, timedelta(days=11)).status == "suspended"
    instances.resume(waiting.pk, actor=anna)
    assert worked(waiting, timedelta(days=999)).status == "done"


def test_a_repeated_start_is_one_start(anna: Employee) -> None:
    template = template_of([put("a", "1")])
    first = instances.launch(template, anna, start_key="event:1")
    assert instances.launch(template, anna, start_key="event:1") == first
