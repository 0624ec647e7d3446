"""The page of running processes and the health of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lists_core.models import Job
from lists_core.services.jobs import run_job
from lists_core.services.rights import set_element_rights
from staff.models import Employee
from tests.lists_core.element_world import HTMX, World, make_world
from tests.workflows.process_pages import RUN, Pause, grant, signed_in, waiting_template
from tests.workflows.processes import START, begin, step, template_of
from workflows.actions.base import actions
from workflows.models import Heartbeat, Instance, Outgoing, Template, Wake
from workflows.selectors.health import health
from workflows.services.heartbeats import _last, beat
from workflows.services.instances import suspend

pytestmark = pytest.mark.django_db
PAGE = "/processes/running/"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    actions.register(Pause)
    yield make_world()
    actions.unregister("test_pause")


@pytest.fixture
def boss(db: None) -> Employee:
    return Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Главный")


def failing(world: World) -> Template:
    steps = [step("element_read", "read", list=world.list.pk, element=999_999)]
    return template_of(steps, code="bad", list_=world.list)


def shown(reader: Employee, **params: object) -> list[int]:
    response = signed_in(reader).get(PAGE, params)
    assert response.status_code == 200
    return [row.instance.pk for row in response.context["page"].rows]


def test_filters_find_what_they_name(world: World, boss: Employee) -> None:
    good, bad = waiting_template(world.list), failing(world)
    waiting = begin(good, world.anna, world.add("Ель").pk)
    failed = begin(bad, world.petr, world.add("Тис").pk)
    loose = begin(waiting_template(None, code="loose"), boss)
    over = begin(template_of([], code="over"), boss)
    Instance.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert shown(boss) == [loose.pk, failed.pk, waiting.pk]
    assert shown(boss, status="failed") == [failed.pk]
    assert shown(boss, status="all") == [over.pk, loose.pk, failed.pk, waiting.pk]
    assert shown(boss, template=good.pk) == [waiting.pk]
    assert shown(boss, list=world.list.pk) == [failed.pk, waiting.pk]
    assert shown(boss, person=world.anna.pk) == [waiting.pk]
    assert shown(boss, person=world.petr.pk) == [failed.pk]
    assert shown(boss, days=7) == [waiting.pk]
    page = signed_in(boss).get(PAGE).content.decode()
    assert failed.error in page
    assert "Ель" in page
    counted = dict(signed_in(boss).get(PAGE).context["counts"])
    assert counted == {"running": 0, "waiting": 2, "failed": 1, "suspended": 0}


@pytest.mark.parametrize("name", ["status", "template", "list", "person", "days"])
def test_a_wrong_filter_is_an_error_and_no_crash(world: World, boss: Employee, name: str) -> None:
    for value in ("x", "-1", "99999999999999999999", "\x00"):
        assert signed_in(boss).get(PAGE, {name: value}).status_code in {200, 422}


def test_owners_look_after_their_list_and_not_into_what_is_closed_to_them(world: World) -> None:
    template = waiting_template(world.list)
    seen = begin(template, world.petr, world.add("Ель").pk)
    closed = world.add("Тис")
    hidden = begin(template, world.petr, closed.pk)
    begin(waiting_template(None, code="loose"), world.petr)
    set_element_rights(world.list.pk, closed.pk, {}, restricted=True, actor=world.anna)
    assert shown(world.anna) == [hidden.pk, seen.pk]  # who closed it keeps it
    from lists_core.models import ElementUserRight
    from lists_core.services.readers import sync_readers

    ElementUserRight.objects.filter(content_object=closed.pk).delete()
    sync_readers(world.list.pk, [closed.pk])
    assert shown(world.anna) == [seen.pk]
    grant(world, petr=RUN)
    assert signed_in(world.petr).get(PAGE).status_code == 403


def test_chosen_ones_are_mended_and_the_refused_are_told(world: World, boss: Employee) -> None:
    bad = failing(world)
    failed = [begin(bad, world.petr, world.add().pk) for _one in range(3)]
    waiting = begin(waiting_template(world.list), world.petr, world.add().pk)
    ids = [one.pk for one in [*failed, waiting]]
    client = signed_in(boss)
    url = reverse("instances_mend")
    answer = client.post(url, {"deed": "skip", "ids": ids}, headers=HTMX)
    assert answer.status_code == 204
    assert "svod:saved" in answer["HX-Trigger"]
    assert Wake.objects.filter(kind="skip").count() == 3
    assert Instance.objects.get(pk=waiting.pk).status == "waiting"
    assert client.post(url, {"deed": "explode", "ids": ids}).status_code == 404
    stranger = Employee.objects.create_user("out", "out@svod.example", "x", last_name="Чужой")
    grant(world)
    signed_in(stranger).post(url, {"deed": "cancel", "ids": ids}, headers=HTMX)
    assert not Instance.objects.filter(status="cancelled").exists()


def test_all_found_are_mended_by_a_job_under_the_same_filters(world: World, boss: Employee) -> None:
    bad = failing(world)
    for _one in range(3):
        begin(bad, world.petr, world.add().pk)
    spared = begin(waiting_template(world.list), world.petr, world.add().pk)
    data = {"deed": "cancel", "all": "1", "status": "failed", "list": str(world.list.pk)}
    signed_in(boss).post(reverse("instances_mend"), data)
    job = Job.objects.get(kind="mend_processes")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["changed"], job.result["skipped"]) == ("done", 3, 0)
    assert Instance.objects.filter(status="cancelled").count() == 3
    assert Instance.objects.get(pk=spared.pk).status == "waiting"
    assert signed_in(boss).get(reverse("job", args=[job.pk])).status_code == 200


def test_the_job_of_an_owner_stays_within_the_list(world: World, boss: Employee) -> None:
    mine = begin(waiting_template(world.list), world.petr, world.add().pk)
    loose = begin(waiting_template(None, code="loose"), boss)
    signed_in(world.anna).post(reverse("instances_mend"), {"deed": "suspend", "all": "1"})
    run_job(Job.objects.get().pk)
    stood = dict(Instance.objects.values_list("pk", "status"))
    assert stood == {mine.pk: "suspended", loose.pk: "waiting"}


def test_the_page_costs_the_same_for_one_row_and_for_fifty(world: World, boss: Employee) -> None:
    template = waiting_template(world.list)
    client = signed_in(boss)

    def cost() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    begin(template, world.anna, world.add().pk)
    few = cost()
    for _more in range(12):
        begin(template, world.petr, world.add().pk)
    assert cost() == few


def test_more_are_shown_along_the_key(
    world: World, boss: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.selectors.running.PAGE_SIZE", 2)
    template = waiting_template(world.list)
    ids = [begin(template, world.anna, world.add().pk).pk for _one in range(5)]
    first = signed_in(boss).get(PAGE).context["page"]
    assert [row.instance.pk for row in first.rows] == ids[:2:-1]
    more = signed_in(boss).get(PAGE, {"before": first.before}, headers=HTMX)
    assert f'value="{ids[2]}"' in more.content.decode()
    assert "<html" not in more.content.decode()


def test_health_tells_what_is_late_and_who_works(world: World, boss: Employee) -> None:
    instance = begin(waiting_template(world.list), world.anna, world.add().pk)
    now = START + timedelta(hours=1)
    Wake.objects.create(instance=instance, kind="go", due_at=now - timedelta(minutes=5))
    Wake.objects.create(instance=instance, kind="timer", key="x:1", due_at=now + timedelta(days=1))
    Wake.objects.create(instance=instance, kind="go", due_at=now, parked=True)
    Outgoing.objects.create(key="k", channel="mail", payload={}, next_at=now, state="failed")
    _last.clear()
    beat(now - timedelta(minutes=5))
    found = health(boss, now)
    assert (found.due.number, found.due.late) == (1, True)
    assert (found.timers, found.parked, found.not_sent) == (1, 1, 1)
    assert found.next_timer == now + timedelta(days=1)
    assert found.alive == 0
    beat(now)
    assert health(boss, now).alive == 1
    beat(now + timedelta(seconds=1))  # not at every message
    assert Heartbeat.objects.get().seen_at == now
    today = health(boss, timezone.now()).days[-1]
    assert today.started == 1
    client = signed_in(boss)
    assert client.get(reverse("engine_health")).status_code == 200
    assert signed_in(world.anna).get(reverse("engine_health")).status_code == 403


def test_a_suspended_one_is_resumed_from_its_card(world: World) -> None:
    instance = begin(waiting_template(world.list), world.anna, world.add().pk)
    suspend(instance.pk, actor=world.anna)
    client = signed_in(world.anna)
    page = client.get(reverse("instance", args=[instance.pk])).content.decode()
    assert reverse("instance_resume", args=[instance.pk]) in page
    client.post(reverse("instance_resume", args=[instance.pk]))
    assert Instance.objects.get().status == "running"
