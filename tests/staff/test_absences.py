"""Absences: who tells them, and who stands for whom."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from staff.models import Absence
from staff.selectors_absences import deputies, represented, today
from staff.selectors_managers import subordinate_ids
from staff.services.absences import add_absence, end_absence
from svod.base.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def added(world: SimpleNamespace, **more: Any) -> Absence:
    given = {"starts": today(), "ends": today() + DAY, "deputy": world.boris, "actor": world.anna}
    return add_absence(world.anna, **(given | more))


def test_a_deputy_stands_for_the_absent(world: SimpleNamespace, log: Any) -> None:
    added(world)
    assert represented(world.boris) == [world.anna.pk]
    assert deputies([world.anna.pk, world.boris.pk]) == {world.anna.pk: world.boris}
    assert log.get(event="absence.added").about["deputy"] == str(world.boris)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ends": today() - DAY, "starts": today()}, "ends"),
        ({"starts": today() - 9 * DAY, "ends": today() - DAY}, "ends"),
        ({"ends": today() + 4000 * DAY}, "ends"),
    ],
)
def test_odd_days_are_refused(world: SimpleNamespace, more: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        added(world, **more)
    assert field in refused.value.errors


def test_who_cannot_be_a_deputy(world: SimpleNamespace) -> None:
    for deputy in (world.anna, world.gone):
        with pytest.raises(Invalid):
            added(world, deputy=deputy)


def test_the_same_days_twice_are_refused(world: SimpleNamespace) -> None:
    added(world)
    with pytest.raises(Invalid):
        added(world, starts=today() + DAY, ends=today() + 3 * DAY)
    added(world, starts=today() + 2 * DAY, ends=today() + 3 * DAY)


def test_only_oneself_and_administrators(world: SimpleNamespace) -> None:
    with pytest.raises(Forbidden):
        added(world, actor=world.boris)
    absence = added(world, actor=world.admin)
    with pytest.raises(NotFound):
        end_absence(absence.pk, actor=world.boris)
    end_absence(absence.pk, actor=world.anna)
    assert represented(world.boris) == []


def test_the_page(client: Client, world: SimpleNamespace) -> None:
    client.force_login(world.anna)
    wrong = {"starts": "2026-01-01", "ends": "x", "deputy": world.boris.pk}
    answer = client.post(reverse("absences"), wrong)
    assert answer.status_code == 422
    assert 'value="x"' in answer.content.decode()
    right = {"starts": today(), "ends": today(), "deputy": world.boris.pk}
    assert client.post(reverse("absences"), right).status_code == 302
    assert str(world.boris) in client.get(reverse("absences")).content.decode()
    absence = Absence.objects.get()
    client.force_login(world.boris)
    assert client.post(reverse("absence_end", args=[absence.pk])).status_code == 404
    client.force_login(world.anna)
    assert client.post(reverse("absence_end", args=[absence.pk])).status_code == 302
    assert not Absence.objects.exists()


def test_who_is_below_whom(world: SimpleNamespace) -> None:
    """By the cards at any depth, by the departments one heads; never oneself."""
    world.anna.manager = world.boris
    world.anna.save()
    world.boris.manager = world.admin
    world.boris.save()
    assert subordinate_ids(world.admin) == {world.anna.pk, world.boris.pk}
    assert subordinate_ids(world.anna) == set()
    world.office.head = world.anna
    world.office.save()
    assert subordinate_ids(world.anna) == {world.boris.pk}
