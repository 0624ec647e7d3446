"""The grid's column of processes, and a process started on many elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.models import Job
from lists_core.services.jobs import run_job
from lists_core.services.rights import set_element_rights
from tests.lists_core.element_world import HTMX, World, make_world
from tests.workflows.process_pages import RUN, VIEW, Pause, grant, signed_in, waiting_template
from tests.workflows.processes import begin, signal, step, template_of
from workflows.actions.base import actions
from workflows.models import Instance, Template
from workflows.services import bulk_start as service

pytestmark = pytest.mark.django_db
ASKED = {"parameters": [{"code": "why", "label": "Зачем", "kind": "string", "required": True}]}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    actions.register(Pause)
    yield make_world()
    actions.unregister("test_pause")


def grid(world: World, person: Any, columns: str = "NAME,processes") -> str:
    url = world.list.get_absolute_url()
    return signed_in(person).get(url, {"columns": columns}).content.decode()


def bulk(world: World, **params: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return f"{reverse('list_bulk_start', args=[world.list.pk])}?{query}"


def test_the_column_tells_where_each_stands_and_the_failed_first(world: World) -> None:
    one, two, three = world.add("Ель"), world.add("Тис"), world.add("Дуб")
    good = waiting_template(world.list)
    bad = template_of([step("element_read", "x", list=world.list.pk, element=9)], list_=world.list,
                      code="bad")  # fmt: skip
    Template.objects.filter(pk=bad.pk).update(name="Плохой")
    begin(good, world.anna, one.pk)
    begin(good, world.petr, two.pk)
    begin(bad, world.petr, two.pk)
    begin(good, world.anna, two.pk)
    signal(begin(good, world.anna, three.pk), "ask:1")
    rows = {text.split("data-drawer>")[1].split("<")[0]: text
            for text in grid(world, world.anna).split("<tr data-id")[1:]}  # fmt: skip
    assert "Ответ" in rows["Ель"]
    assert "Иванова Анна" in rows["Ель"]
    assert "tone-red" in rows["Тис"]
    assert "+2" in rows["Тис"]
    assert "sv-badge" not in rows["Дуб"]


def test_the_column_costs_the_same_for_one_row_and_for_many(world: World) -> None:
    template = waiting_template(world.list)
    client = signed_in(world.anna)

    def cost() -> int:
        url, params = world.list.get_absolute_url(), {"columns": "NAME,processes"}
        client.get(url, params)
        with CaptureQueriesContext(connection) as queries:
            client.get(url, params)
        return len(queries)

    begin(template, world.anna, world.add().pk)
    few = cost()
    for _more in range(10):
        begin(template, world.petr, world.add().pk)
    assert cost() == few


def test_a_list_without_processes_offers_neither(world: World) -> None:
    world.add()
    text = grid(world, world.anna)
    assert 'data-bulk-act="start"' not in text
    assert 'data-code="processes"' not in text
    assert signed_in(world.anna).get(bulk(world, ids=1)).status_code == 404


def test_chosen_elements_get_the_process_and_others_are_told(world: World) -> None:
    elements = [world.add(f"Ель {number}") for number in range(3)]
    template = waiting_template(world.list)
    closed = elements[2].pk
    set_element_rights(world.list.pk, closed, {}, restricted=True, actor=world.anna)
    grant(world, petr=RUN)
    petr = signed_in(world.petr)
    url = bulk(world, ids=",".join(str(one.pk) for one in elements))
    assert "Проверка" in petr.get(url).content.decode()
    answer = petr.post(url, {"template": template.pk}, headers=HTMX)
    assert answer.status_code == 204
    assert set(Instance.objects.values_list("subject_id", flat=True)) == {
        one.pk for one in elements[:2]
    }
    assert set(Instance.objects.values_list("started_by", flat=True)) == {world.petr.pk}
    grant(world, petr=VIEW)
    assert petr.post(url, {"template": template.pk}).status_code == 403
    assert 'data-bulk-act="start"' not in grid(world, world.petr)
    assert Instance.objects.count() == 2


def test_parameters_are_asked_for_and_checked_once_for_all(world: World) -> None:
    element = world.add()
    template = template_of([step("test_pause", "ask")], list_=world.list, **ASKED)
    client = signed_in(world.anna)
    url = bulk(world, ids=element.pk)
    opened = client.post(bulk(world), {"ids": element.pk, "template": template.pk, "opening": 1})
    assert (opened.status_code, "Зачем" in opened.content.decode()) == (200, True)
    wrong = client.post(url, {"template": template.pk})
    assert wrong.status_code == 422
    assert "Зачем" in wrong.content.decode()
    client.post(url, {"template": template.pk, "p-why": "Так надо"})
    assert Instance.objects.get().state["parameters"] == {"why": "Так надо"}
    assert client.post(url, {"template": 999_999}).status_code == 404


def test_all_found_become_a_job_that_starts_each_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lists_core.grid.target.INLINE_LIMIT", 2)
    monkeypatch.setattr("lists_core.jobs.bulk.BATCH", 2)
    for number in range(5):
        world.add(f"Ель {number}")
    world.add("Тис")
    template = template_of([step("test_pause", "ask")], list_=world.list, **ASKED)
    url = bulk(world, all=1, q="Ель")
    signed_in(world.anna).post(url, {"template": template.pk, "p-why": "1"}, headers=HTMX)
    job = Job.objects.get(kind="bulk_start")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["changed"]) == ("done", 5)
    assert Instance.objects.values("subject_id").distinct().count() == 5
    page = signed_in(world.anna).get(reverse("job", args=[job.pk])).content.decode()
    assert "Запущено: 5" in page


def test_an_element_that_is_full_gets_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_OPEN", 1)
    element, other = world.add("Ель"), world.add("Тис")
    template = waiting_template(world.list)
    begin(template, world.anna, element.pk)
    report = service.bulk_start(
        world.list.pk, template.pk, [element.pk, other.pk], actor=world.anna, parameters={}
    )
    assert (report.changed, report.skipped) == (1, 1)
    assert str(element.pk) in report.problems
