"""The inbox and the page of a task, as a browser gets them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.access import Right
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from tests.lists_core.element_world import HTMX, World, make_world
from tests.workflows.processes import begin, step, template_of
from tests.workflows.test_tasks import away, ids, part, person
from workflows.models import Instance, Task

pytestmark = pytest.mark.django_db
QUESTIONS = [
    {
        "title": "О поставке",
        "fields": [
            {"code": "when", "label": "Когда", "kind": "date", "required": True},
            {"code": "timeout", "label": "Сколько", "kind": "number"},
            {"code": "how", "label": "Чем", "kind": "list", "options": ["Поезд", "Машина"]},
        ],
    }
]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def petr(world: World, client: Client) -> Employee:
    client.force_login(world.petr)
    return world.petr


def asked(world: World, type_: str = "approve", **params: Any) -> Task:
    """A process of anna's on an element of hers."""
    given = {"title": "Счёт 15", "people": ids(world.petr), **params}
    code = f"p{Instance.objects.count()}"
    template = template_of([step(type_, "ask", **given)], code=code, list_=world.list)
    instance = begin(template, world.anna, world.add("Ель").pk)
    assert instance.error == ""
    return Task.objects.get(instance=instance)


def url(name: str, task: Task) -> str:
    return reverse(name, args=[task.pk])


def post(client: Client, task: Task, who: Employee, answer: str = "yes", **more: Any) -> Any:
    data = {"part": part(task, who).pk, "answer": answer, **more}
    return client.post(url("task_answer", task), data, headers=HTMX)


def test_the_inbox_shows_what_is_to_be_done(client: Client, world: World, petr: Employee) -> None:
    task = asked(world)
    text = client.get(reverse("tasks")).content.decode()
    assert "Счёт 15" in text
    assert "Ель" in text
    assert url("task_answer", task) in text
    assert '<span class="sv-count"><span class="visually-hidden">' in text


@pytest.mark.parametrize("box", ["todo", "late", "done", "team", "observed", "nonsense"])
def test_every_box_opens_empty(client: Client, petr: Employee, box: str) -> None:
    answer = client.get(reverse("tasks"), {"box": box})
    assert answer.status_code == 200
    assert "sv-state" in answer.content.decode()


@pytest.mark.parametrize(
    "query", [{"process": "x"}, {"kind": "nonsense"}, {"term": "soon"}, {"page": "-5"}, {"q": "'"}]
)
def test_odd_filters_ask_for_nothing(
    client: Client, world: World, petr: Employee, query: dict[str, str]
) -> None:
    asked(world, title="'")
    assert "tk-row" in client.get(reverse("tasks"), query).content.decode()


def test_queries_do_not_grow_with_the_tasks(client: Client, world: World, petr: Employee) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("tasks"), headers=HTMX)
        return len(seen)

    asked(world, observers=ids(world.anna))
    client.get(reverse("tasks"), headers=HTMX)
    few = queries()
    for _number in range(6):
        asked(world, observers=ids(world.anna))
    assert queries() == few


def test_answered_in_place(client: Client, world: World, petr: Employee) -> None:
    task = asked(world)
    answer = post(client, task, petr, row="1")
    assert answer.status_code == 200
    assert "tk-settled" in answer.content.decode()
    assert "svod:tasks" in answer["HX-Trigger"]
    task.refresh_from_db()
    assert task.state == "done"


def test_a_replayed_request_is_a_conflict_and_changes_nothing(
    client: Client, world: World, petr: Employee
) -> None:
    task = asked(world)
    post(client, task, petr, row="1")
    before = (Task.objects.values().get(), part(task, petr).answered_at)
    for more in ({"row": "1"}, {}):
        again = post(client, task, petr, "no", comment="нет", **more)
        assert again.status_code == 409
        assert "Петров" in again.content.decode()
    assert (Task.objects.values().get(), part(task, petr).answered_at) == before


def test_a_rejection_without_a_reason_comes_back(
    client: Client, world: World, petr: Employee
) -> None:
    task = asked(world)
    asks = client.get(url("task_answer", task), {"answer": "no", "part": part(task, petr).pk})
    assert "<textarea" in asks.content.decode()
    answer = post(client, task, petr, "no", row="1")
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()
    assert post(client, task, petr, "no", row="1", comment="дорого").status_code == 200


@pytest.mark.parametrize("name", ["task", "task_answer", "task_delegate"])
def test_strangers_find_no_task(client: Client, world: World, name: str) -> None:
    task = asked(world)
    client.force_login(person("oleg"))
    assert client.get(url(name, task)).status_code == 404
    if name != "task":
        assert client.post(url(name, task), {"part": 1, "answer": "yes"}).status_code == 404


@pytest.mark.parametrize("name", ["task_tick", "task_cancel"])
def test_strangers_change_nothing(client: Client, world: World, name: str) -> None:
    task = asked(world, "task", checklist=["Одно"])
    before = Task.objects.values().get()
    client.force_login(person("oleg"))
    assert client.post(url(name, task), {"place": 0, "done": 1}).status_code == 404
    client.force_login(world.petr)
    assert client.post(url("task_cancel", task)).status_code == 403
    assert Task.objects.values().get() == before


def test_the_element_is_shown_by_its_own_rights(
    client: Client, world: World, petr: Employee
) -> None:
    task = asked(world, text="Прошу")
    text = client.get(url("task", task)).content.decode()
    assert "Ель" in text
    own = {Subject.parse(f"U{world.anna.pk}"): frozenset({Right.FULL})}
    set_list_rights(world.list.pk, own, actor=world.anna)
    for page in (url("task", task), reverse("tasks")):
        text = client.get(page).content.decode()
        assert "Счёт 15" in text
        assert "Ель" not in text


def test_a_questionnaire_keeps_what_was_typed(client: Client, world: World, petr: Employee) -> None:
    task = asked(world, "request_info", groups=QUESTIONS)
    assert "О поставке" in client.get(url("task", task)).content.decode()
    wrong = {"q-when": "завтра", "q-timeout": "12,5", "q-how": "Поезд"}
    answer = post(client, task, petr, "done", **wrong)
    assert answer.status_code == 422
    assert 'value="12,5"' in answer.content.decode()
    right = {**wrong, "q-when": "2026-12-01"}
    assert post(client, task, petr, "done", **right).status_code == 204
    shown = client.get(url("task", task)).content.decode()
    assert "Поезд" in shown


def test_handing_on_by_the_dialog(client: Client, world: World, petr: Employee) -> None:
    task = asked(world)
    assert "<form" in client.get(url("task_delegate", task), headers=HTMX).content.decode()
    given = {"part": part(task, petr).pk, "to": petr.pk, "comment": "помоги"}
    refused = client.post(url("task_delegate", task), given, headers=HTMX)
    assert refused.status_code == 422
    assert "помоги" in refused.content.decode()
    given["to"] = world.anna.pk
    assert client.post(url("task_delegate", task), given, headers=HTMX).status_code == 204
    assert part(task, world.anna).is_open
    assert client.post(url("task_delegate", task), given, headers=HTMX).status_code == 409


def test_many_at_once_with_a_report(client: Client, world: World, petr: Employee) -> None:
    good, other = asked(world, title="Первый"), asked(world, "task", title="Второй")
    strange = asked(world, title="Чужой", people=ids(world.anna))
    sent = {"task": [good.pk, other.pk, strange.pk, "x", 10**30], "answer": "yes"}
    answer = client.post(reverse("tasks_bulk"), sent, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Второй</b>" in text
    assert "Чужой" not in text
    states = dict(Task.objects.values_list("pk", "state"))
    assert states == {good.pk: "done", other.pk: "open", strange.pk: "open"}


def test_many_rejected_without_a_reason_stay(client: Client, world: World, petr: Employee) -> None:
    task = asked(world)
    client.post(reverse("tasks_bulk"), {"task": [task.pk], "answer": "no"}, headers=HTMX)
    assert Task.objects.get().is_open
    more = {"task": [task.pk], "answer": "no", "comment": "нет денег"}
    client.post(reverse("tasks_bulk"), more, headers=HTMX)
    assert Task.objects.get().state == "done"


def test_a_deputy_is_told_for_whom(client: Client, world: World) -> None:
    task = asked(world)
    vera = person("vera")
    away(world.petr, vera)
    client.force_login(vera)
    assert "Петров" in client.get(url("task", task)).content.decode()
    data = {"part": part(task, world.petr).pk, "answer": "yes", "row": 1}
    assert client.post(url("task_answer", task), data, headers=HTMX).status_code == 200


def test_the_checklist_is_ticked_in_place(client: Client, world: World, petr: Employee) -> None:
    task = asked(world, "task", checklist=["Одно", "Другое"])
    answer = client.post(url("task_tick", task), {"place": 0, "done": "on"}, headers=HTMX)
    assert "1/2" in answer.content.decode()
    for place in ("2", "-1", "x", ""):
        wrong = client.post(url("task_tick", task), {"place": place, "done": "on"}, headers=HTMX)
        assert wrong.status_code in (404, 422)


def test_the_history_tells_who_did_what(client: Client, world: World, petr: Employee) -> None:
    task = asked(world, "task", checklist=["Позвонить"], late="keep",
                 period={"amount": 1, "unit": "hours"})  # fmt: skip
    client.post(url("task_tick", task), {"place": 0, "done": "on"})
    post(client, task, petr, "done", comment="готово")
    text = client.get(url("task", task)).content.decode()
    assert "Позвонить" in text
    assert "готово" in text


def test_the_days_of_deadlines(client: Client, world: World, petr: Employee) -> None:
    task = asked(world, period={"amount": 3, "unit": "days"})
    day = timedelta(days=1)
    assert task.deadline is not None
    span = {"start": (task.deadline - day).isoformat(), "end": (task.deadline + day).isoformat()}
    found = client.get(reverse("tasks_calendar_events"), span).json()["events"]
    assert [one["id"] for one in found] == [task.pk]
    client.force_login(person("oleg"))
    assert client.get(reverse("tasks_calendar_events"), span).json()["events"] == []


@pytest.mark.parametrize("start", ["", "вчера", "2026-13-01T00:00:00", "0001-01-01T00:00:00Z",
                                   "9999-12-01T00:00:00Z"])  # fmt: skip
def test_odd_periods_are_refused(client: Client, petr: Employee, start: str) -> None:
    for end in ("2026-12-01T00:00:00Z", "9999-12-31T00:00:00Z"):
        span = {"start": start, "end": end}
        assert client.get(reverse("tasks_calendar_events"), span).status_code == 422
