"""The demo's line: whole, once, believable; and the Django admin over it."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from openlines.demo import OPERATORS, TALKS, load
from openlines.models import Conversation, Message
from openlines.selectors.inbox import counts
from staff.demo import load_people

pytestmark = pytest.mark.django_db
OURS = [model for model in admin.site._registry if model._meta.app_label == "openlines"]


def test_it_is_whole_loads_once_and_the_admin_shows_it():
    people = load_people()
    with translation.override("ru"):
        load(people["admin"], people)
        load(people["admin"], people)
    rows = Conversation.objects.order_by("opened_at")
    assert len(rows) == len(TALKS)
    assert [bool(row.vote) for row in rows] == [bool(talk.vote) for talk in TALKS]
    for row in rows:
        moments = list(row.messages.order_by("seq").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert row.opened_at <= (row.answered_at or row.opened_at) <= row.last_at < timezone.now()
        assert row.alarm_at is None or row.state != Conversation.State.CLOSED
    assert sum(counts(people[login])["mine"] for login in OPERATORS) == 2
    assert counts(people["vera.egorova"])["queue"] == 1
    web = Client()
    web.force_login(people["admin"])
    for model in OURS:
        name = f"admin:openlines_{model._meta.model_name}"
        assert web.get(reverse(f"{name}_changelist")).status_code == 200
        row = model.objects.first()
        if row is not None:
            page = web.get(reverse(f"{name}_change", args=[row.pk]))
            assert page.status_code == 200
            token = Conversation.objects.first().channel.token
            assert token not in page.content.decode()
    assert Message.objects.filter(kind="note").count() == 1
