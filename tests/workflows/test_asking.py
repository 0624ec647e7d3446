"""What all steps that ask people share: reminders, time-outs, escalation, people not found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from staff.models import Employee, Notification
from tests.workflows.processes import START, begin, events, step, template_of, worked
from tests.workflows.test_tasks import asked, away, heard, ids, part, person, say
from workflows.engine.work import work_all
from workflows.models import Instance, Task, Wake
from workflows.services.task_moves import tend_due

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TERM = {"period": {"amount": 10, "unit": "hours"}}


@pytest.fixture
def anna() -> Employee:
    return person("anna")


@pytest.fixture
def petr() -> Employee:
    return person("petr", manager=person("boss"))


@pytest.fixture
def vera() -> Employee:
    return person("vera")


def told(who: Employee) -> list[str]:
    return list(
        Notification.objects.filter(employee=who).order_by("pk").values_list("text", flat=True)
    )


def outcome(instance: Instance) -> Any:
    return instance.state["results"]["ask"]["outcome"]


def test_people_and_deputies_are_told_once(anna: Employee, petr: Employee, vera: Employee) -> None:
    away(petr, vera)
    task = asked(anna, people=ids(petr))
    assert len(told(petr)) == len(told(vera)) == 1
    assert Notification.objects.filter(employee=vera).get().url == f"/tasks/{task.pk}/"


def test_reminded_twice_before_the_deadline(anna: Employee, petr: Employee) -> None:
    before = {
        "remind": {"amount": 5, "unit": "hours"},
        "remind_again": {"amount": 1, "unit": "hours"},
    }
    task = asked(anna, people=ids(petr), **TERM, **before)
    for hours, count in ((4, 1), (5, 2), (6, 2), (9, 3), (9, 3)):
        assert worked(task.instance, hours * HOUR).status == "waiting"
        assert len(told(petr)) == count
    assert [event for _step, event in events(task.instance)].count("reminded") == 2


def test_late_and_reminded_every_day(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr), **TERM, daily=True)
    for hours, count in ((10, 2), (20, 2), (34, 3), (58, 4)):
        worked(task.instance, hours * HOUR)
        assert len(told(petr)) == count
    assert say(task, petr).status == "done"


def test_time_out_is_an_outcome_of_its_own(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr), **TERM, late="timeout")
    done = worked(task.instance, 10 * HOUR)
    assert (done.status, outcome(done)) == ("done", "timeout")
    task.refresh_from_db()
    assert task.state == "expired"
    assert not Wake.objects.exists()


def test_the_answer_was_first(anna: Employee, petr: Employee) -> None:
    """The timer fires while the answer is on its way: the answer counts."""
    from workflows.services.task_answers import Given, answer_task

    task = asked(anna, people=ids(petr), **TERM, late="timeout")
    answer_task(task.pk, part(task, petr).pk, Given(answer="yes"), actor=petr)
    Wake.objects.filter(kind="answer").update(due_at=START + 11 * HOUR)
    done = worked(task.instance, 10 * HOUR)
    assert (done.status, outcome(done)) == ("done", "yes")
    assert heard(task).log.filter(event="expired").count() == 0


def test_handed_to_the_manager_who_then_has_time(anna: Employee, petr: Employee) -> None:
    boss = petr.manager
    assert boss is not None
    more = {"late": "reassign", "late_period": {"amount": 2, "unit": "hours"}}
    task = asked(anna, people=ids(petr), **TERM, **more)
    assert worked(task.instance, 10 * HOUR).status == "waiting"
    assert not part(task, petr).is_open
    assert part(task, boss).is_open
    assert told(boss)
    done = worked(task.instance, 12 * HOUR)
    assert outcome(done) == "timeout"


def test_the_manager_comes_in_beside(anna: Employee, petr: Employee) -> None:
    boss = petr.manager
    assert boss is not None
    task = asked(anna, people=ids(petr), mode="any", **TERM, late="add")
    worked(task.instance, 10 * HOUR)
    assert part(task, petr).is_open
    assert say(task, boss).status == "done"


def test_handed_to_somebody_chosen(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr), **TERM, late="reassign", late_people=ids(vera))
    worked(task.instance, 10 * HOUR)
    assert part(task, vera).is_open


def test_without_a_manager_the_task_stays(anna: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(vera), **TERM, late="reassign")
    worked(task.instance, 10 * HOUR)
    assert part(task, vera).is_open
    assert say(task, vera).status == "done"


def test_a_task_nobody_waits_for_is_looked_after_too(anna: Employee, petr: Employee) -> None:
    task = asked(anna, "task", people=ids(petr), wait=False, **TERM,
                 remind={"amount": 1, "unit": "hours"})  # fmt: skip
    assert Instance.objects.get().status == "done"
    for hours, count in ((8, 1), (9, 2), (10, 3), (12, 3)):
        tend_due(START + hours * HOUR)
        assert len(told(petr)) == count
    task.refresh_from_db()
    assert task.is_open


def test_a_date_goes_before_a_period(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr), **TERM, until="2026-12-01")
    assert task.deadline is not None
    assert task.deadline.astimezone(START.tzinfo).isoformat().startswith("2026-12-01T23:59")


def test_nobody_found_stands_failed_with_the_reason(anna: Employee) -> None:
    steps = [step("approve", "ask", title="Счёт", people=["employee:999999"])]
    failed = begin(template_of(steps), anna)
    assert failed.status == "failed"
    assert "999999" in failed.error
    assert not Task.objects.exists()


def test_the_second_visit_is_a_task_of_its_own(anna: Employee, petr: Employee) -> None:
    """A loop comes to the step again: an answer to the first visit is none to the second."""
    ask = step("approve", "ask", title="Счёт", people=ids(petr), mode="any")
    again = {"left": "{{Step.ask.outcome}}", "op": "ne", "right": "yes"}
    begin(template_of([step("while", branches=[[ask]], when=again)]), anna)
    first = Task.objects.get()
    assert say(first, petr, "no", comment="ещё раз").status == "waiting"
    second = Task.objects.get(state="open")
    assert second.key == "ask:2"
    assert say(second, petr).status == "done"


def test_a_repeated_signal_changes_nothing(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr, vera), mode="all")
    for kind in ("answer", "timer", "event", "reply"):
        payload = {"answer": "yes", "timeout": True, "outcome": "yes"}
        Wake.objects.create(
            instance=task.instance, key="ask:1", kind=kind, payload=payload, due_at=START
        )
    work_all(START)
    assert Instance.objects.get().status == "waiting"
    task.refresh_from_db()
    assert task.is_open
