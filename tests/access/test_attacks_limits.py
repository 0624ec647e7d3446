"""A-20 and A-85: news of what was closed since, and more work than one person may ask for."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from lists_core.models import Job
from lists_core.services.comments import add_comment
from lists_core.services.exports import AT_ONCE, start_export
from lists_core.services.jobs import cancel_job
from staff.models import Delivery, Notification, NotificationPreference
from staff.services.notification_mail import mail_due
from svod.base.errors import Invalid
from tests.access.attack_world import CANARY, World, browser, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_a20_news_of_an_element_that_was_closed_since(world: World) -> None:
    """Neither the bell, nor the page, nor a letter tells of it; opening the news leads nowhere."""
    kind = {"employee": world.reader, "kind": "mention", "delivery": Delivery.MAIL}
    NotificationPreference.objects.update_or_create(**kind)
    for row in (world.shown, world.own):
        text = f"{CANARY} @reader"
        add_comment(world.list.pk, row.pk, text, actor=world.root, mentions=[world.reader.pk])
    assert Notification.objects.filter(employee=world.reader).count() == 2
    world.restrict(world.shown)
    mail_due(timezone.now())
    letters = [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    assert len(letters) == 1
    assert world.own.name in letters[0]
    web = browser(world.reader)
    for name in ("notifications", "notifications_bell", "notifications_news"):
        told = said(web.get(reverse(name)))
        assert world.shown.name not in told
    closed = Notification.objects.get(url__startswith=world.url("element", world.shown.pk))
    opened = web.get(reverse("notification_open", args=[closed.pk]))
    assert opened.headers["Location"] == reverse("notifications")
    assert said(web.get(closed.url)).count(CANARY) == 0


def test_a85_exports_of_one_person(world: World) -> None:
    """So many at once, no more; the others wait for none of them, and one cancelled makes room."""
    jobs = [start_export(world.list, {}, actor=world.reader, format="csv") for _ in range(AT_ONCE)]
    with pytest.raises(Invalid):
        start_export(world.list, {}, actor=world.reader, format="csv")
    form = {"format": "csv", "columns": "shown", "separator": ";"}
    refused = browser(world.reader).post(world.url("list_export"), form)
    assert refused.status_code == 422
    assert Job.objects.filter(actor=world.reader).count() == AT_ONCE
    start_export(world.list, {}, actor=world.root, format="csv")
    cancel_job(jobs[0].pk, actor=world.reader)
    start_export(world.list, {}, actor=world.reader, format="csv")
