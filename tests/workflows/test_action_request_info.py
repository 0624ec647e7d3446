"""A questionnaire: its values, whatever they are called, and writing them into the element."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lists_core.schema.cache import schema_of
from staff.models import Employee
from tests.lists_core.element_world import make_world
from tests.workflows.processes import begin, put, step, template_of, variables
from tests.workflows.test_tasks import asked, ids, person, say
from workflows.models import Task
from workflows.questionnaires import QuestionForm, Questions

pytestmark = pytest.mark.django_db


def groups(*fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"title": "Вопросы", "fields": list(fields)}]


@pytest.fixture
def anna() -> Employee:
    return person("anna2")


@pytest.fixture
def petr() -> Employee:
    return person("petr2")


def test_an_answer_called_timeout_is_an_answer(anna: Employee, petr: Employee) -> None:
    """The known defect of the prototype: a field named `timeout` was taken for a time-out."""
    fields = groups(*({"code": code, "label": code} for code in ("timeout", "outcome", "kind")))
    ask = step("request_info", "ask", title="Анкета", people=ids(petr), groups=fields,
               period={"amount": 1, "unit": "days"}, late="timeout")  # fmt: skip
    steps = [ask, put("outcome", "{{Step.ask.outcome}}"), put("t", "{{Step.ask.values.timeout}}")]
    begin(template_of(steps), anna)
    given = {"timeout": "да", "outcome": "timeout", "kind": "timer"}
    done = say(Task.objects.get(), petr, "done", values=given)
    assert variables(done) == {"outcome": "done", "t": "да"}


def test_values_keep_their_types(anna: Employee, petr: Employee) -> None:
    fields = groups({"code": "when", "label": "Когда", "kind": "date"},
                    {"code": "sum", "label": "Сколько", "kind": "number"})  # fmt: skip
    ask = step("request_info", "ask", title="Анкета", people=ids(petr), groups=fields)
    steps = [ask, put("when", "{{Step.ask.values.when}}"), put("sum", "{{Step.ask.values.sum}}")]
    begin(template_of(steps), anna)
    given = {"when": date(2026, 12, 1), "sum": Decimal("12.5")}
    kept = variables(say(Task.objects.get(), petr, "done", values=given))
    assert kept == {"when": {"$date": "2026-12-01"}, "sum": {"$decimal": "12.5"}}


def test_answers_go_into_the_element(petr: Employee) -> None:
    world = make_world()
    element = world.add("Ель", PRICE=Decimal(1), NOTE="было")
    fields = groups({"code": "PRICE", "label": "Цена", "required": True},
                    {"code": "other", "label": "Прочее"})  # fmt: skip
    ask = step("request_info", "ask", title="Цена?", people=ids(petr), groups=fields, write=True)
    begin(template_of([ask], list_=world.list), world.anna, element.pk)
    given = {"PRICE": Decimal("99.5"), "other": "x"}
    done = say(Task.objects.get(), petr, "done", values=given)
    assert done.error == ""
    row = world.row(element.pk)
    schema = schema_of(world.list)
    assert (schema["PRICE"].read(row), schema["NOTE"].read(row)) == (Decimal("99.5"), "было")


def test_the_element_shows_only_to_whom_may_see_it(petr: Employee) -> None:
    """The question is asked as its field is, but what stands in it is not told to strangers."""
    from lists_core.access import Right
    from lists_core.services.rights import set_list_rights
    from staff.subjects import Subject

    world = make_world()
    element = world.add("Ель", NOTE="тайна")
    fields = groups({"code": "NOTE", "label": "Заметка"})
    ask = step("request_info", "ask", title="?", people=ids(petr), groups=fields, write=True)
    begin(template_of([ask], list_=world.list), world.anna, element.pk)
    questions = Questions(Task.objects.get())
    assert questions.initial(questions.known(petr)) == {"NOTE": "тайна"}
    set_list_rights(world.list.pk, {Subject.parse(f"U{world.anna.pk}"): frozenset({Right.FULL})},
                    actor=world.anna)  # fmt: skip
    assert questions.initial(questions.known(petr)) == {"NOTE": None}


def form(task: Task, actor: Employee, /, **values: str) -> QuestionForm:
    data = {f"q-{code}": value for code, value in values.items()}
    return QuestionForm(data, questions=Questions(task), actor=actor)


def test_what_does_not_fit_is_told_by_the_question(anna: Employee, petr: Employee) -> None:
    fields = groups(
        {"code": "n", "label": "Число", "kind": "number"},
        {"code": "who", "label": "Кто", "kind": "employee"},
        {
            "code": "how",
            "label": "Как",
            "kind": "list",
            "options": ["Так", "Сяк"],
            "required": True,
        },
        {"code": "old", "label": "Вид, которого нет", "kind": "nonsense"},
    )
    task = asked(anna, "request_info", people=ids(petr), groups=fields)
    wrong = form(task, petr, n="много", who="999999", how="Никак")
    assert set(wrong.errors) == {"n", "who", "how"}
    right = form(task, petr, n="12,5", who=str(anna.pk), how="Так", old="x")
    assert right.is_valid(), right.errors
    assert right.values() == {"n": Decimal("12.5"), "who": anna.pk, "how": "Так", "old": "x"}


def test_placeholders_and_missing_codes(anna: Employee, petr: Employee) -> None:
    fields = groups({"label": "Вопрос к {{Process.id}}", "value": "{{Process.id}}"},
                    {"code": "a", "label": "x"}, {"code": "a", "label": "y"})  # fmt: skip
    task = asked(anna, "request_info", people=ids(petr), groups=fields)
    asked_ = task.form["groups"][0]["fields"]
    assert [one["code"] for one in asked_] == ["q1", "a", "q3"]
    assert asked_[0]["label"] == f"Вопрос к {task.instance_id}"
    assert asked_[0]["value"] == task.instance_id
