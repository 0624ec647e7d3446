"""Sending what leaves the portal: at least once, with a lease instead of a lock."""

from __future__ import annotations

import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from django.db import connections, transaction
from django.utils import timezone

from svod.base.registry import Registry
from workflows.models import Outgoing, Wake

log = structlog.get_logger(__name__)
SENDERS = 10
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 8
BATCH = 20
State = Outgoing.State


class Channel(Protocol):
    """One way out of the portal."""

    slug: str

    def send(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do it; returns what the waiting step gets. Raises anything to be tried again."""


class Refused(Exception):
    """Sending again would not help."""


channels: Registry[Channel] = Registry("channel")


def send_due(now: datetime | None = None) -> int:
    """Send what is due; returns how many were tried. Any number of workers may do this."""
    now = now or timezone.now()
    rows = _lease(now)
    if len(rows) == 1:
        _note(rows[0], _try(rows[0]), now)
    elif rows:
        # All of them must have been tried before the first one's lease is over.
        with ThreadPoolExecutor(SENDERS) as pool:
            for row, outcome in zip(rows, pool.map(_try_apart, rows), strict=True):
                _note(row, outcome, now)
    return len(rows)


def anything_due(now: datetime | None = None) -> bool:
    """Whether a message waits to be sent."""
    due = Outgoing.objects.filter(state=State.NEW, next_at__lte=now or timezone.now())
    return due.exists()


def _lease(now: datetime) -> list[Outgoing]:
    """Messages that nobody tries; a sender that dies leaves them to others after LEASE."""
    with transaction.atomic():
        due = Outgoing.objects.filter(state=State.NEW, next_at__lte=now).order_by("next_at")
        rows = list(due.select_for_update(skip_locked=True)[:BATCH])
        for row in rows:
            row.attempts += 1
            row.next_at = now + LEASE
        Outgoing.objects.bulk_update(rows, ["attempts", "next_at"])
    return rows


def _try(row: Outgoing) -> Mapping[str, Any] | Exception:
    """Try one, outside any transaction: what came back, or why nothing did."""
    try:
        return channels.get(row.channel).send(row.key, row.payload)
    except Exception as error:  # noqa: BLE001 - whatever a network does
        return error


def _try_apart(row: Outgoing) -> Mapping[str, Any] | Exception:
    """The same in a thread, which gives its connection back."""
    try:
        return _try(row)
    finally:
        connections.close_all()


def _note(row: Outgoing, outcome: Mapping[str, Any] | Exception, now: datetime) -> None:
    if isinstance(outcome, Refused):
        _finish(row, now, State.FAILED, {"ok": False, "error": str(outcome)})
    elif isinstance(outcome, Exception):
        kind = type(outcome).__name__
        log.warning("sending_failed", channel=row.channel, key=row.key, error=kind)
        _failed(row, now, str(outcome)[:500])
    else:
        _finish(row, now, State.DONE, {"ok": True, "result": outcome})


def _failed(row: Outgoing, now: datetime, error: str) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        _finish(row, now, State.FAILED, {"ok": False, "error": error})
        return
    pause = timedelta(seconds=min(3600, 5 * 2**row.attempts)) * random.uniform(0.8, 1.2)  # noqa: S311
    Outgoing.objects.filter(pk=row.pk).update(next_at=now + pause, error=error)


def _finish(row: Outgoing, now: datetime, state: str, reply: dict[str, Any]) -> None:
    """Note the outcome once, and wake the step that waits for it."""
    with transaction.atomic():
        open_ = Outgoing.objects.filter(pk=row.pk, state=State.NEW)
        done = open_.update(state=state, error=reply.get("error", ""), done_at=now)
        if done and row.wake_key and row.instance_id:
            Wake.objects.create(
                instance_id=row.instance_id,
                kind=Wake.Kind.REPLY,
                key=row.wake_key,
                payload=reply,
                due_at=now,
            )
