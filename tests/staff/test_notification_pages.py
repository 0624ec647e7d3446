"""The bell, the page of notifications and its settings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from staff.models import Delivery, Notification, NotificationPreference
from staff.services.notifications import notify


@pytest.fixture
def anna(client: Client, world: SimpleNamespace) -> Client:
    client.force_login(world.anna)
    return client


def test_the_bell_counts_what_is_unread(anna: Client, world: SimpleNamespace) -> None:
    page = anna.get(reverse("notifications")).content.decode()
    assert '<span class="sv-bell-count" aria-hidden="true"></span>' in page
    for number in range(101):
        notify([world.anna], "system", f"News {number}")
    page = anna.get(reverse("people")).content.decode()
    assert '<span class="sv-bell-count" aria-hidden="true">99+</span>' in page
    assert "News 100" in anna.get(reverse("notifications_bell")).content.decode()


def test_news_for_the_bell(anna: Client, world: SimpleNamespace) -> None:
    notify([world.anna], "system", "Old")
    old = Notification.objects.get()
    notify([world.boris], "system", "Not hers")
    notify([world.anna], "system", "New", url="/people/")
    new = Notification.objects.get(text="New")
    answer = anna.get(reverse("notifications_news"), {"after": old.pk}).json()
    assert answer["news"] == [{"text": "New", "url": reverse("notification_open", args=[new.pk])}]
    assert (answer["count"], answer["last"]) == ("2", new.pk)
    assert anna.get(reverse("notifications_news"), {"after": "x'"}).status_code == 200


def test_opening_reads_it_and_leads_on(anna: Client, world: SimpleNamespace) -> None:
    notify([world.anna], "system", "Come", url="/people/?q=1")
    row = Notification.objects.get()
    assert (
        anna.get(reverse("notification_open", args=[row.pk])).headers["Location"] == "/people/?q=1"
    )
    row.refresh_from_db()
    assert row.read_at


def test_nobody_reads_anothers(anna: Client, world: SimpleNamespace) -> None:
    notify([world.boris], "system", "Secret")
    row = Notification.objects.get()
    assert anna.get(reverse("notification_open", args=[row.pk])).status_code == 404
    anna.post(reverse("notification_read", args=[row.pk]))
    anna.post(reverse("notifications_read"))
    row.refresh_from_db()
    assert row.read_at is None
    assert "Secret" not in anna.get(reverse("notifications")).content.decode()


def test_filters_and_marking(anna: Client, world: SimpleNamespace) -> None:
    notify([world.anna], "system", "Plain")
    notify([world.anna], "mention", "Called")
    here = reverse("notifications")
    assert "Plain" not in anna.get(here, {"kind": "mention"}).content.decode()
    assert "Plain" in anna.get(here, {"kind": "no-such"}).content.decode()
    anna.post(reverse("notifications_read"), {"kind": "mention", "query": "kind=mention"})
    unread = anna.get(here, {"show": "unread"}).content.decode()
    assert "Plain" in unread
    assert "Called" not in unread
    anna.post(reverse("notification_read", args=[Notification.objects.get(text="Plain").pk]))
    assert not Notification.objects.filter(read_at=None).exists()


def test_as_many_queries_for_many_news(anna: Client, world: SimpleNamespace) -> None:
    anna.get(reverse("notifications"))
    asked = []
    for count in (2, 25):
        for number in range(count):
            notify([world.anna], "system", f"{number}", actor=world.boris, url=f"/lists/{number}/")
        with CaptureQueriesContext(connection) as queries:
            anna.get(reverse("notifications"))
        asked.append(len(queries))
    assert asked[0] == asked[1] < 15


def test_settings(anna: Client, world: SimpleNamespace) -> None:
    here = reverse("notification_settings")
    page = anna.get(here).content.decode()
    assert page.count('type="radio"') >= 5 * len(Delivery.values)
    assert anna.post(here, {"mention": "digest", "no-such": "mail"}).status_code == 302
    row = NotificationPreference.objects.get()
    assert (row.employee, row.kind, row.delivery) == (world.anna, "mention", "digest")
    anna.post(here, {"mention": "none"})
    notify([world.anna], "mention", "Silence")
    assert not Notification.objects.exists()
    assert anna.post(here, {"mention": "by pigeon"}).status_code < 500


def test_an_administrator_who_looks_on_reads_nothing_for_the_person(
    client: Client, world: SimpleNamespace
) -> None:
    notify([world.anna], "system", "Hers", url="/people/")
    client.force_login(world.admin)
    session = client.session
    session["svod_look_as"] = world.anna.pk
    session.save()
    row = Notification.objects.get()
    assert "Hers" in client.get(reverse("notifications")).content.decode()
    client.get(reverse("notification_open", args=[row.pk]))
    assert client.post(reverse("notifications_read")).status_code == 403
    assert client.post(reverse("notification_settings"), {"task": "none"}).status_code == 403
    row.refresh_from_db()
    assert row.read_at is None
