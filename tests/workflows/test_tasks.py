"""Tasks: who may answer, once, and what else can happen to one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from staff.models import Absence, Employee
from staff.selectors_absences import today
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.workflows.processes import START, begin, step, template_of, variables, worked
from workflows.models import Instance, Task, TaskPerson, Wake
from workflows.selectors.tasks import Asked, access_task, counts, open_count, tasks_in
from workflows.services.task_answers import Given, answer_task, tick
from workflows.services.task_moves import delegate
from workflows.services.tasks import cancel_task

pytestmark = pytest.mark.django_db


def person(name: str, **more: Any) -> Employee:
    email = f"{name}@svod.example"
    return Employee.objects.create_user(name, email, "x", last_name=name.title(), **more)


@pytest.fixture
def anna() -> Employee:
    return person("anna")


@pytest.fixture
def petr() -> Employee:
    return person("petr")


@pytest.fixture
def vera() -> Employee:
    return person("vera")


def ids(*people: Employee) -> list[str]:
    return [f"employee:{one.pk}" for one in people]


def asked(starter: Employee, type_: str = "approve", **params: Any) -> Task:
    """A process that has come to the step `ask`."""
    given = {"title": "Счёт 15", **params}
    code = f"p{Instance.objects.count()}"
    instance = begin(template_of([step(type_, "ask", **given)], code=code), starter)
    assert instance.error == ""
    return Task.objects.get(instance=instance)


def part(task: Task, who: Employee, role: str = "responsible") -> TaskPerson:
    return task.people.get(employee=who, role=role)


def say(task: Task, who: Employee, answer: str = "yes", **more: Any) -> Instance:
    """Answer, and let the process go on."""
    actor = more.pop("actor", who)
    answer_task(task.pk, part(task, who).pk, Given(answer=answer, **more), actor=actor)
    return heard(task)


def heard(task: Task) -> Instance:
    """The process takes in what people did: they act by the clock, it lives in START."""
    Wake.objects.filter(kind="answer").update(due_at=START)
    return worked(task.instance)


def away(who: Employee, deputy: Employee, days: int = 0) -> Absence:
    day = today() + timedelta(days=days)
    return Absence.objects.create(employee=who, starts=day, ends=day, deputy=deputy)


# --- answering ----------------------------------------------------------------------------


def test_an_answer_ends_the_task_and_the_step(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr), mode="any")
    done = say(task, petr, comment="хорошо")
    assert done.status == "done"
    result = done.state["results"]["ask"]
    assert (result["outcome"], result["comment"], result["employee"]) == ("yes", "хорошо", petr.pk)
    task.refresh_from_db()
    assert task.state == "done"
    assert not task.people.filter(is_open=True).exists()


def test_a_double_click_answers_once(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr, vera), mode="all")
    say(task, petr)
    with pytest.raises(Conflict):
        say(task, petr)
    assert Wake.objects.count() == 0
    assert Instance.objects.get().status == "waiting"


def test_whoever_comes_second_is_told_who_answered(anna: Employee, petr: Employee,
                                                   vera: Employee) -> None:  # fmt: skip
    task = asked(anna, people=ids(petr, vera), mode="any")
    say(task, petr, "no", comment="дорого")
    before = Task.objects.values().get()
    with pytest.raises(Conflict, match="Petr"):
        say(task, vera)
    assert Task.objects.values().get() == before


def test_strangers_do_not_find_the_task(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr))
    with pytest.raises(NotFound):
        answer_task(task.pk, part(task, petr).pk, Given(answer="yes"), actor=vera)
    with pytest.raises(NotFound):
        access_task(vera, task.pk)
    assert part(task, petr).answer is None


def test_a_part_of_somebody_else_is_not_answered(anna: Employee, petr: Employee,
                                                 vera: Employee) -> None:  # fmt: skip
    task = asked(anna, people=ids(petr, vera), mode="all")
    with pytest.raises(NotFound):
        say(task, petr, actor=vera)


def test_observers_see_and_do_not_answer(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr), observers=ids(vera))
    assert access_task(vera, task.pk) == task
    with pytest.raises(Forbidden):
        answer_task(task.pk, part(task, vera, "observer").pk, Given(answer="yes"), actor=vera)


def test_a_deactivated_person_has_no_tasks(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr))
    Employee.objects.filter(pk=petr.pk).update(is_active=False)
    petr.refresh_from_db()
    with pytest.raises(NotFound):
        say(task, petr)
    assert open_count(petr) == 0


def test_a_rejection_needs_a_comment(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr))
    with pytest.raises(Invalid) as refused:
        say(task, petr, "no", comment="  ")
    assert "comment" in refused.value.errors
    assert say(task, petr, "no", comment="дорого").status == "done"


def test_an_answer_that_is_none_of_the_buttons_is_refused(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr))
    for answer in ("timeout", "cancelled", "maybe", ""):
        with pytest.raises(Invalid):
            say(task, petr, answer)


def test_people_are_told_when_the_process_is_cancelled(anna: Employee, petr: Employee) -> None:
    from workflows.services.instances import cancel

    task = asked(anna, people=ids(petr))
    call = step("start_process", process=task.instance.version.template.code, wait=True)
    above = begin(template_of([call], code="above"), anna)
    cancel(above.pk, actor=anna)
    cancel(task.instance_id, actor=anna)
    told = petr.notifications.filter(kind="task", key__endswith=":over")
    assert {one.url for one in told} == {f"/tasks/{one.pk}/" for one in Task.objects.all()}
    assert told.count() == 2


def test_nothing_is_answered_after_the_process_was_cancelled(anna: Employee,
                                                             petr: Employee) -> None:  # fmt: skip
    from workflows.services.instances import cancel

    task = asked(anna, people=ids(petr))
    cancel(task.instance_id, actor=anna)
    with pytest.raises(Conflict):
        say(task, petr)
    assert open_count(petr) == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_wins(anna: Employee, petr: Employee, vera: Employee) -> None:
    people = [petr, vera]
    for _turn in range(5):
        task = asked(anna, people=ids(*people), mode="any")

        def answer(who: Employee, task: Task = task) -> str:
            try:
                answer_task(task.pk, part(task, who).pk, Given(answer="yes"), actor=who)
            except Conflict:
                return "late"
            finally:
                connection.close()
            return "won"

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(answer, people)) == ["late", "won"]
        assert Wake.objects.filter(instance=task.instance).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_two_of_all_at_once_end_it(anna: Employee, petr: Employee, vera: Employee) -> None:
    for _turn in range(5):
        task = asked(anna, people=ids(petr, vera), mode="all")

        def answer(who: Employee, task: Task = task) -> None:
            try:
                answer_task(task.pk, part(task, who).pk, Given(answer="yes"), actor=who)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(answer, [petr, vera]))
        assert heard(task).status == "done"


# --- deputies, handing on -----------------------------------------------------------------


def test_a_deputy_sees_and_answers(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr))
    away(petr, vera)
    assert list(tasks_in("todo", vera, Asked(), START)) == [task]
    assert open_count(vera) == 1
    done = say(task, petr, actor=vera)
    assert done.status == "done"
    assert part(task, petr).answered_by == vera
    assert done.log.get(event="answered").data["for"] == "Petr"


@pytest.mark.parametrize("days", [-1, 1])
def test_a_deputy_of_other_days_is_a_stranger(anna: Employee, petr: Employee, vera: Employee,
                                              days: int) -> None:  # fmt: skip
    task = asked(anna, people=ids(petr))
    away(petr, vera, days)
    with pytest.raises(NotFound):
        say(task, petr, actor=vera)


def test_the_deputy_of_a_deputy_is_a_stranger(anna: Employee, petr: Employee,
                                              vera: Employee) -> None:  # fmt: skip
    task = asked(anna, people=ids(petr))
    away(petr, vera)
    other = person("oleg")
    away(vera, other)
    with pytest.raises(NotFound):
        access_task(other, task.pk)


def test_handed_on_with_a_comment(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr))
    delegate(task.pk, part(task, petr).pk, vera, comment="тебе виднее", actor=petr)
    assert task.instance.log.get(event="delegated").data["comment"] == "тебе виднее"
    with pytest.raises(Conflict):
        say(task, petr)
    assert part(task, vera).delegated_by == petr
    assert say(task, vera).state["results"]["ask"]["employee"] == vera.pk


def test_handed_on_and_back(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr))
    delegate(task.pk, part(task, petr).pk, vera, actor=petr)
    delegate(task.pk, part(task, vera).pk, petr, actor=vera)
    assert say(task, petr).status == "done"


def test_a_vote_handed_on_counts_once(anna: Employee, petr: Employee, vera: Employee) -> None:
    oleg = person("oleg")
    task = asked(anna, people=ids(petr, vera), mode="all")
    delegate(task.pk, part(task, petr).pk, oleg, actor=petr)
    assert say(task, vera).status == "waiting"
    done = say(task, oleg)
    assert done.state["results"]["ask"]["asked"] == 2


def test_whom_a_task_cannot_be_handed_to(anna: Employee, petr: Employee, vera: Employee) -> None:
    gone = person("gone", is_active=False)
    task = asked(anna, people=ids(petr, vera), mode="all")
    say(task, vera)
    for to in (petr, gone, vera):
        with pytest.raises(Invalid):
            delegate(task.pk, part(task, petr).pk, to, actor=petr)


def test_a_closed_task_is_not_handed_on(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, people=ids(petr), handing_on=False)
    with pytest.raises(Forbidden):
        delegate(task.pk, part(task, petr).pk, vera, actor=petr)
    with pytest.raises(NotFound):
        delegate(task.pk, part(task, petr).pk, vera, actor=vera)


# --- withdrawing, checklists ----------------------------------------------------------------


def test_who_manages_the_process_withdraws_a_task(anna: Employee, petr: Employee) -> None:
    task = asked(anna, people=ids(petr), observers=ids(anna))
    with pytest.raises(Forbidden):
        cancel_task(task.pk, actor=petr)
    cancel_task(task.pk, actor=anna)
    done = heard(task)
    assert (done.status, done.state["results"]["ask"]["outcome"]) == ("done", "cancelled")


def test_the_checklist(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, "task", people=ids(petr), co_executors=ids(vera),
                 checklist=["Купить", "Привезти"], strict=True)  # fmt: skip
    tick(task.pk, 0, True, actor=vera)
    with pytest.raises(Invalid):
        say(task, petr, "done")
    with pytest.raises(NotFound):
        tick(task.pk, 2, True, actor=petr)
    with pytest.raises(NotFound):
        tick(task.pk, 0, True, actor=person("oleg"))
    tick(task.pk, 1, True, actor=petr)
    assert say(task, petr, "done").status == "done"
    with pytest.raises(Conflict):
        tick(task.pk, 1, False, actor=petr)


def test_co_executors_do_not_finish(anna: Employee, petr: Employee, vera: Employee) -> None:
    task = asked(anna, "task", people=ids(petr), co_executors=ids(vera))
    with pytest.raises(Forbidden):
        answer_task(task.pk, part(task, vera, "co_executor").pk, Given(answer="done"), actor=vera)


# --- boxes ------------------------------------------------------------------------------------


def test_the_boxes(anna: Employee, petr: Employee, vera: Employee) -> None:
    Employee.objects.filter(pk=petr.pk).update(manager=vera)
    task = asked(anna, people=ids(petr), observers=ids(anna))
    late = asked(anna, people=ids(petr), period={"amount": 1, "unit": "hours"})
    now = START + timedelta(hours=2)
    assert list(tasks_in("todo", petr, Asked(), now)) == [late, task]
    assert list(tasks_in("late", petr, Asked(), now)) == [late]
    assert list(tasks_in("team", vera, Asked(), now)) == [late, task]
    assert list(tasks_in("observed", anna, Asked(), now)) == [task]
    say(task, petr)
    assert list(tasks_in("done", petr, Asked(), now)) == [task]
    assert counts(petr, now) == {"todo": 1, "late": 1, "team": 0, "observed": 0}


def test_filters(anna: Employee, petr: Employee) -> None:
    one = asked(anna, people=ids(petr), title="Оплатить счёт")
    two = asked(
        anna, "task", people=ids(petr), title="Другое", period={"amount": 2, "unit": "days"}
    )
    process = two.instance.version.template_id
    for asked_for, wanted in (
        (Asked(text="СЧЁТ"), [one]), (Asked(kind="task"), [two]), (Asked(process=process), [two]),
        (Asked(term="none"), [one]), (Asked(term="week"), [two]), (Asked(term="today"), []),
    ):  # fmt: skip
        assert list(tasks_in("todo", petr, asked_for, START)) == wanted


def test_variables_take_the_outcome(anna: Employee, petr: Employee) -> None:
    ask = step("approve", "ask", title="Счёт", people=ids(petr))
    put = step("set_variable", variable="a", value="{{Step.ask.outcome}}")
    instance = begin(template_of([ask, put], code="v"), anna)
    task = Task.objects.get(instance=instance)
    assert variables(say(task, petr, "no", comment="нет"))["a"] == "no"
