"""Letters about news: at once, once a day, never twice, never of what was closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone

from staff.models import Delivery, Employee, Notification, NotificationPreference
from staff.notification_guards import NotificationGuard, notification_guards
from staff.services.notification_mail import LEASE, MAX_ATTEMPTS, mail_due
from staff.services.notification_reads import forget_old, mark_read
from staff.services.notifications import notify


@pytest.fixture(autouse=True)
def portal(settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example"


def wants(person: Employee, delivery: str) -> None:
    NotificationPreference.objects.create(employee=person, kind="system", delivery=delivery)


def test_a_letter_at_once_in_the_persons_language(world: SimpleNamespace, run_tasks: Any) -> None:
    wants(world.anna, Delivery.MAIL)
    wants(world.boris, Delivery.MAIL)
    Employee.objects.filter(pk=world.boris.pk).update(language="en")
    with run_tasks():
        notify([world.anna, world.boris], "system", "Смета <готова>", url="/people/", body="<b>1")
    assert mail_due() == 0, "none is sent again"
    first, second = mail.outbox
    assert (first.to, first.subject) == (["anna@svod.example"], "Свод: Смета <готова>")
    assert second.subject == "Svod: Смета <готова>"
    assert "Здравствуйте, Anna!" in first.body
    assert "https://portal.example/people/" in first.body
    html = str(first.alternatives[0][0])
    assert "Смета &lt;готова&gt;" in html
    assert "&lt;b&gt;1" in html
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
    assert not Notification.objects.filter(mailed_at=None).exists()


def test_the_daily_letter_holds_what_is_unread(world: SimpleNamespace) -> None:
    wants(world.anna, Delivery.DIGEST)
    for text in ("one", "two", "three", "read"):
        notify([world.anna], "system", text)
    mark_read(Notification.objects.get(text="read").pk, actor=world.anna)
    assert mail_due(timezone.now()) == 0, "not before the morning"
    assert mail_due(timezone.now() + timedelta(days=1)) == 4
    assert [one.subject for one in mail.outbox] == ["Свод: 3 новых уведомления"]
    assert all(text in mail.outbox[0].body for text in ("one", "two", "three"))
    assert "read" not in mail.outbox[0].body
    assert mail_due(timezone.now() + timedelta(days=2)) == 0


def test_a_dead_sender_leaves_the_letter_to_others(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once, and always under the same Message-ID."""
    wants(world.anna, Delivery.MAIL)
    notify([world.anna], "system", "news")
    sent: list[str] = []

    def die(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        sent.append(self.extra_headers["Message-ID"])
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailMultiAlternatives, "send", die)
    now = timezone.now()
    with pytest.raises(KeyboardInterrupt):
        mail_due(now)
    monkeypatch.undo()
    assert mail_due(now + LEASE / 2) == 0, "it may still be at it"
    assert mail_due(now + LEASE * 2) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == sent[0]


@pytest.mark.parametrize(
    ("error", "tries"),
    [(ConnectionRefusedError(), MAX_ATTEMPTS), (SMTPRecipientsRefused({"x": (550, b"no")}), 1),
     (SMTPRecipientsRefused({"x": (450, b"later")}), MAX_ATTEMPTS)],
)  # fmt: skip
def test_a_server_that_is_away_or_refuses(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, error: Exception, tries: int
) -> None:
    wants(world.anna, Delivery.MAIL)
    notify([world.anna], "system", "news")
    tried = []

    def fail(self: EmailMultiAlternatives, fail_silently: bool = False) -> int:
        tried.append(1)
        raise error

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    now = timezone.now()
    for hours in range(12):
        mail_due(now + timedelta(hours=2 * hours))
    assert len(tried) == tries


@pytest.fixture
def guard() -> Iterator[set[str]]:
    """Addresses put in here are closed to everybody."""
    closed: set[str] = set()
    notification_guards.register(NotificationGuard("test", lambda person, urls: closed & set(urls)))
    yield closed
    notification_guards.unregister("test")


def test_what_was_closed_since_is_not_mailed_nor_shown(
    world: SimpleNamespace, guard: set[str], client: Any
) -> None:
    """A-20."""
    wants(world.anna, Delivery.MAIL)
    notify([world.anna], "system", "CANARY-1", url="/people/", body="CANARY-2")
    guard.add("/people/")
    assert mail_due(timezone.now()) == 1
    assert mail.outbox == []
    client.force_login(world.anna)
    for name in ("notifications", "notifications_bell", "notifications_news"):
        assert "CANARY" not in client.get(reverse(name)).content.decode()
    row = Notification.objects.get()
    opened = client.get(reverse("notification_open", args=[row.pk]))
    assert opened.headers["Location"] == reverse("notifications")


def test_the_deactivated_get_no_letter(world: SimpleNamespace) -> None:
    wants(world.anna, Delivery.MAIL)
    notify([world.anna], "system", "news")
    Employee.objects.filter(pk=world.anna.pk).update(is_active=False)
    mail_due(timezone.now())
    assert mail.outbox == []


def test_old_news_are_forgotten(world: SimpleNamespace) -> None:
    notify([world.anna], "system", "read")
    notify([world.anna], "system", "unread")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    Notification.objects.update(created_at=now - timedelta(days=100))
    Notification.objects.filter(text="read").update(read_at=now - timedelta(days=91))
    forget_old(now)
    assert [row.text for row in Notification.objects.all()] == ["unread"]
    forget_old(now + timedelta(days=300))
    assert not Notification.objects.exists()
