"""Running processes moved to the version in force: the preview, one, and all by a job."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from lists_core.models import Job
from lists_core.services.jobs import run_job
from tests.lists_core.element_world import HTMX, World, make_world
from tests.workflows.process_pages import RUN, Pause, grant, signed_in, waiting_template
from tests.workflows.processes import begin, step
from workflows.actions.base import actions
from workflows.models import Instance, Template, Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> Iterator[World]:
    actions.register(Pause)
    yield make_world()
    actions.unregister("test_pause")


def second(template: Template, steps: list[dict[str, object]]) -> Version:
    made = Version.objects.create(template=template, number=2, tree={"steps": steps})
    template.active_version = made
    template.save()
    return made


def test_one_that_can_go_is_moved_and_goes_on(world: World) -> None:
    template = waiting_template(world.list)
    instance = begin(template, world.anna, world.add().pk)
    client = signed_in(world.anna)
    card = reverse("instance", args=[instance.pk])
    move = reverse("instance_move", args=[instance.pk])
    assert move not in client.get(card).content.decode()
    assert client.get(move).status_code == 404
    newer = second(template, [*instance.version.tree["steps"], step("test_pause", "more")])
    assert move in client.get(card).content.decode()
    assert "2" in client.get(move).content.decode()
    assert client.post(move, headers=HTMX).status_code == 204
    assert Instance.objects.get().version == newer


def test_all_that_can_go_are_moved_by_a_job_and_the_others_are_named(world: World) -> None:
    template = waiting_template(world.list)
    for _one in range(3):
        begin(template, world.anna, world.add().pk)
    second(template, [step("test_pause", "other")])
    client, url = signed_in(world.anna), reverse("process_move", args=[template.pk])
    page = client.get(url)
    assert page.context["preview"].movable == []
    assert sum(page.context["preview"].kept.values()) == 3
    third = Version.objects.create(
        template=template, number=3, tree=template.versions.get(number=1).tree
    )
    Template.objects.filter(pk=template.pk).update(active_version=third)
    assert len(client.get(url).context["preview"].movable) == 3
    client.post(url)
    job = Job.objects.get(kind="move_processes")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"moved": 3})
    assert set(Instance.objects.values_list("version", flat=True)) == {third.pk}


def test_only_designers_move(world: World) -> None:
    template = waiting_template(world.list)
    instance = begin(template, world.petr, world.add().pk)
    second(template, instance.version.tree["steps"])
    grant(world, petr=RUN)
    petr = signed_in(world.petr)
    move = reverse("instance_move", args=[instance.pk])
    assert move not in petr.get(reverse("instance", args=[instance.pk])).content.decode()
    assert petr.post(move).status_code == 403
    assert petr.post(reverse("process_move", args=[template.pk])).status_code == 403
    assert Instance.objects.get().version.number == 1
