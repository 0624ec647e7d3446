"""Waking the workers: once a transaction, and never for what was rolled back."""

from __future__ import annotations

from typing import Any

import pytest
from celery import current_app
from django.db import transaction

from svod.base.tasks import wake

TASK = "staff.mail_notifications"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[Any, ...]]]:
    found: list[tuple[str, tuple[Any, ...]]] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda task, args=(), **more: found.append((task, args))
    )
    return found


@pytest.mark.django_db(transaction=True)
def test_many_news_are_one_message(sent: list[Any]) -> None:
    with transaction.atomic():
        for _again in range(5):
            wake(TASK)
            with transaction.atomic():
                wake(TASK)
        wake("lists_core.run_job", 1)
        wake("lists_core.run_job", 2)
        assert sent == []
    assert sent == [(TASK, ()), ("lists_core.run_job", (1,)), ("lists_core.run_job", (2,))]
    with transaction.atomic():
        wake(TASK)
    assert sent[-1] == (TASK, ())
    assert len(sent) == 4


@pytest.mark.django_db(transaction=True)
def test_a_message_that_was_undone_stands_for_no_other(sent: list[Any]) -> None:
    with transaction.atomic():
        with transaction.atomic():
            wake(TASK)
            transaction.set_rollback(True)
        wake(TASK)
    assert sent == [(TASK, ())]


@pytest.mark.django_db(transaction=True)
def test_a_message_of_an_open_savepoint_stands_for_none_outside(sent: list[Any]) -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        wake(TASK)
        transaction.savepoint_commit(point)
        inner = transaction.savepoint()
        wake(TASK)
        transaction.savepoint_rollback(inner)
    assert sent == [(TASK, ())]
