"""The tab of an element and the card of a process: what is shown, started, mended, to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.services.rights import set_element_rights
from staff.models import Employee
from tests.lists_core.element_world import HTMX, World, make_world
from tests.workflows.process_pages import RUN, VIEW, Pause, grant, signed_in, waiting_template
from tests.workflows.processes import START, begin, signal, step, template_of, worked
from workflows.actions.base import actions
from workflows.models import Instance, Template
from workflows.picture import Spot, picture_of
from workflows.selectors.instances import access_instance
from workflows.services.instances import cancel

pytestmark = pytest.mark.django_db
#: Past whatever the day is on which the test runs: deeds of people are done by the real clock.
LATER = timedelta(days=36_500)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    actions.register(Pause)
    yield make_world()
    actions.unregister("test_pause")


def tab(world: World, element: Any) -> str:
    return world.url("element_processes", element.pk)


def states(spots: list[Spot]) -> dict[str, str]:
    found: dict[str, str] = {}
    for spot in spots:
        found |= {spot.id: spot.state}
        for way in spot.ways:
            found |= states(way.spots)
    return found


def drawn(instance: Instance) -> dict[str, str]:
    return states(picture_of(access_instance(instance.started_by, instance.pk)).spots)


def failing(world: World, code: str = "bad") -> Template:
    steps = [step("element_read", "read", list=world.list.pk, element=999_999)]
    return template_of(steps, code=code, list_=world.list)


def test_the_picture_tells_what_is_behind_here_and_ahead(world: World) -> None:
    element = world.add("Ель")
    instance = begin(waiting_template(world.list), world.anna, element.pk)
    assert drawn(instance) == {
        "first": "done", "fork": "around", "ask": "current", "never": "passed", "last": "ahead",
    }  # fmt: skip
    picture = picture_of(access_instance(world.anna, instance.pk))
    assert [one.username for one in picture.standing.people] == ["anna"]
    assert picture.standing.since == START
    assert [way.taken for way in picture.spots[1].ways] == [True, False]
    signal(instance, "ask:1")
    assert set(drawn(Instance.objects.get(pk=instance.pk)).values()) == {"done", "passed"}


def test_a_loop_is_ahead_again_in_its_next_round(world: World) -> None:
    body = [step("test_pause", "ask"), step("set_variable", "after", variable="x", value="1")]
    loop = step("foreach", "loop", [body], values=["1", "2"], variable="one")
    template = template_of([loop], code="loop", list_=world.list, variables=[{"code": "one"}])
    instance = begin(template, world.anna, world.add().pk)
    assert drawn(instance) == {"loop": "around", "ask": "current", "after": "ahead"}
    signal(instance, "ask:1")
    second = Instance.objects.get(pk=instance.pk)
    assert drawn(second) == {"loop": "around", "ask": "current", "after": "ahead"}
    spot = picture_of(access_instance(world.anna, instance.pk)).spots[0].ways[0].spots[0]
    assert spot.visits == 2


def test_the_tab_shows_processes_and_starts_them_once(world: World) -> None:
    element = world.add("Ель")
    template = waiting_template(world.list)
    client = signed_in(world.anna)
    start = reverse("process_start", args=[world.list.pk, element.pk, template.pk])
    page = client.get(tab(world, element)).content.decode()
    assert start in page
    dialog = client.get(start).content.decode()
    once = dialog.split('name="once" value="')[1].split('"')[0]
    for _press in range(2):  # a double click
        assert client.post(start, {"once": once}, headers=HTMX).status_code == 204
    instance = worked(Instance.objects.get())
    page = client.get(tab(world, element)).content.decode()
    assert "Ответ" in page
    assert f'id="process-{instance.pk}"' in page
    assert reverse("instance_cancel", args=[instance.pk]) in page
    cancel(instance.pk, actor=world.anna)
    again = client.get(tab(world, element)).content.decode()
    assert reverse("instance_cancel", args=[instance.pk]) not in again


def test_a_list_without_processes_has_no_such_tab(world: World) -> None:
    element = world.add()
    client = signed_in(world.anna)
    assert tab(world, element) not in client.get(world.url("element", element.pk)).content.decode()


def test_whoever_sees_the_element_sees_its_processes_and_no_more(world: World) -> None:
    element = world.add("Ель")
    template = waiting_template(world.list)
    instance = begin(template, world.anna, element.pk)
    grant(world, petr=VIEW)
    petr = signed_in(world.petr)
    page = petr.get(tab(world, element)).content.decode()
    assert "Ответ" in page
    assert "instance_cancel" not in page
    for name in ("cancel", "retry", "skip", "suspend", "resume"):
        url = reverse(f"instance_{name}", args=[instance.pk])
        assert url not in page
        assert petr.post(url).status_code == 403
    start = reverse("process_start", args=[world.list.pk, element.pk, template.pk])
    assert start not in page
    assert petr.post(start).status_code == 403
    grant(world)
    assert petr.get(tab(world, element)).status_code == 404
    assert petr.get(reverse("instance", args=[instance.pk])).status_code == 404
    assert petr.post(reverse("instance_cancel", args=[instance.pk])).status_code == 404
    assert Instance.objects.get().status == "waiting"


def test_running_is_a_right_of_its_own_and_reaches_only_its_elements(world: World) -> None:
    element, hidden = world.add("Ель"), world.add("Тис")
    template = waiting_template(world.list)
    set_element_rights(world.list.pk, hidden.pk, {}, restricted=True, actor=world.anna)
    grant(world, petr=RUN)
    petr = signed_in(world.petr)
    url = reverse("process_start", args=[world.list.pk, element.pk, template.pk])
    assert petr.post(url, headers=HTMX).status_code == 204
    closed = reverse("process_start", args=[world.list.pk, hidden.pk, template.pk])
    assert petr.post(closed).status_code == 404
    assert Instance.objects.get().started_by == world.petr


def test_a_template_of_another_list_paused_or_not_published_is_not_found(world: World) -> None:
    element = world.add()
    client = signed_in(world.anna)
    elsewhere = template_of([], code="elsewhere")
    paused = waiting_template(world.list, code="paused")
    Template.objects.filter(pk=paused.pk).update(is_paused=True)
    draft = Template.objects.create(code="draft", name="draft", list=world.list)
    for template in (elsewhere, paused, draft):
        url = reverse("process_start", args=[world.list.pk, element.pk, template.pk])
        assert client.post(url).status_code == 404
    assert not Instance.objects.exists()


def test_the_reason_and_the_values_are_for_those_who_may_know_them(world: World) -> None:
    element = world.add("Ель", NOTE="тайное слово")
    read = step("element_read", "read", list=world.list.pk, element=element.pk)
    bad = step("element_read", "gone", list=world.list.pk, element=999_999)
    instance = begin(template_of([read, bad], list_=world.list), world.anna, element.pk)
    assert instance.status == "failed"
    grant(world, petr=VIEW)
    url = reverse("instance", args=[instance.pk])
    mine = signed_in(world.anna).get(url).content.decode()
    theirs = signed_in(world.petr).get(url).content.decode()
    assert instance.error
    assert instance.error in mine
    assert "тайное слово" in mine
    assert instance.error not in theirs
    assert "тайное слово" not in theirs


def test_what_a_service_employee_read_is_not_shown_to_the_starter(world: World) -> None:
    """A-21: the journal is no way around the rights of the step."""
    element = world.add("Ель", NOTE="тайное слово")
    template = template_of(
        [step("element_read", "read", list=world.list.pk, element=element.pk)], list_=world.list
    )
    Template.objects.filter(pk=template.pk).update(run_as="employee", service_employee=world.anna)
    template.refresh_from_db()
    grant(world)
    stranger = Employee.objects.create_user("out", "out@svod.example", "x", last_name="Чужой")
    instance = begin(template, stranger)
    assert instance.status == "done"
    page = signed_in(stranger).get(reverse("instance", args=[instance.pk])).content.decode()
    assert "тайное слово" not in page
    assert (
        "тайное слово"
        in signed_in(world.anna).get(reverse("instance", args=[instance.pk])).content.decode()
    )


def test_a_failed_step_is_retried_or_skipped_and_a_replay_is_a_conflict(world: World) -> None:
    element = world.add()
    client = signed_in(world.anna)
    instance = begin(failing(world), world.anna, element.pk)
    retry = reverse("instance_retry", args=[instance.pk])
    skip = reverse("instance_skip", args=[instance.pk])
    assert client.post(retry, headers=HTMX).status_code == 200
    again = client.post(retry, headers=HTMX)
    assert again.status_code == 409
    assert f'id="process-{instance.pk}"' in again.content.decode()
    assert worked(instance, LATER).status == "failed"
    assert client.post(skip, headers=HTMX).status_code == 200
    assert worked(instance, LATER).status == "done"
    assert drawn(Instance.objects.get()) == {"read": "skipped"}
    for name in ("cancel", "retry", "skip", "suspend", "resume"):
        url = reverse(f"instance_{name}", args=[instance.pk])
        assert client.post(url, headers=HTMX).status_code == 409
    assert Instance.objects.get().status == "done"


def test_the_tab_costs_the_same_for_one_process_and_for_many(world: World) -> None:
    element = world.add()
    template = waiting_template(world.list)
    client = signed_in(world.anna)

    def cost() -> int:
        client.get(tab(world, element))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(tab(world, element))
        return len(queries)

    begin(template, world.anna, element.pk)
    done = begin(template, world.anna, element.pk)
    signal(done, "ask:1")
    few = cost()
    for _more in range(4):
        begin(template, world.anna, element.pk)
        signal(begin(template, world.anna, element.pk), "ask:1")
    assert cost() == few
