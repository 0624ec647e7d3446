"""A-30, A-72, A-83, A-84: attacks on the request itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.access.attack_world import CANARY, World, browser, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_a30_a_repeated_parameter_has_one_reading(world: World) -> None:
    """What is checked is what is done: a hidden thing named beside a seen one stays closed."""
    web = browser(world.reader)
    for query in ("sort=NOTE&sort=HIDDEN", "sort=HIDDEN&sort=NOTE", "columns=NAME&columns=HIDDEN"):
        response = web.get(f"{world.url('list')}?{query}")
        assert response.status_code == 200
        assert CANARY not in said(response)
    last = f"{world.own.pk},{world.hidden.pk},{world.shown.pk}"
    web.post(f"{world.url('list_bulk_delete')}?ids={world.hidden.pk}&ids={last}")
    binned = [row.pk for row in map(world.row, (world.own, world.hidden, world.shown))
              if row.deleted_at]  # fmt: skip
    assert binned == [world.own.pk]
    # Rights come from the session alone, whoever is named beside it.
    told = web.get(world.url("element", world.hidden.pk), {"user": world.root.pk}, headers={
        "X-User-Id": str(world.root.pk), "Remote-User": "root",
    })  # fmt: skip
    assert told.status_code == 404


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_a72_a_foreign_host_is_refused_or_ignored(world: World, header: str) -> None:
    response = Client().get(reverse("sign_in"), headers={header: "evil.example"})
    assert response.status_code == (400 if header == "Host" else 200)
    assert "evil.example" not in said(response)


@pytest.mark.parametrize("path", ["/metrics", "/schema/", "/debug/", "/.git/config", "/.env"])
def test_a83_nothing_for_strangers_beside_the_portal(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 404
    assert "Traceback" not in said(response)


def test_a84_a_session_is_no_program(world: World) -> None:
    """A row or cookie with pickled bytes is an empty session, and nothing in it runs."""
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    web = browser(world.reader)
    Session.objects.filter(pk=web.session.session_key).update(
        session_data="gASVHgAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAR0cnVllIWUUpQu",
        expire_date=timezone.now() + timedelta(days=1),
    )
    assert web.get(reverse("home")).status_code == 302
