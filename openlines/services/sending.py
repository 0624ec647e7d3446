"""Answers on their way out: in the order of each conversation, at least once.

A conversation is leased, not locked, while its channel is asked: a sender that dies leaves it to
others. What fails is tried again, and what follows it waits: an answer never overtakes another.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connections, transaction
from django.utils import timezone

from openlines.chat_channels.base import SendRefused, channel_kinds
from openlines.models import Conversation, Message
from openlines.services.messages import locked
from openlines.services.news import tell

log = structlog.get_logger(__name__)
SENDERS, BATCH = 10, 20
LEASE = timedelta(seconds=60)
MAX_TRIES = 8


def send_due(now: datetime | None = None) -> int:
    """Send the next answer of each conversation that has one; returns how many were tried."""
    now = now or timezone.now()
    ids = _lease(now)
    if ids:
        with ThreadPoolExecutor(min(SENDERS, len(ids))) as pool:
            list(pool.map(_send_next, ids))
    return len(ids)


def anything_due(now: datetime | None = None) -> bool:
    return Conversation.objects.filter(send_at__lte=now or timezone.now()).exists()


def _lease(now: datetime) -> list[int]:
    with transaction.atomic():
        due = Conversation.objects.filter(send_at__lte=now).order_by("send_at")
        rows = due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH]
        ids = list(rows)
        Conversation.objects.filter(pk__in=ids).update(send_at=now + LEASE)
    return ids


def _send_next(conversation_id: int) -> None:
    """In a thread of its own, which gives its connection back."""
    try:
        message = _first_new(conversation_id)
        outcome = _tried(message) if message else None
        _note(conversation_id, message, outcome)
    finally:
        connections.close_all()


def _first_new(conversation_id: int) -> Message | None:
    rows = Message.objects.filter(conversation=conversation_id, state=Message.State.NEW)
    known = rows.select_related("conversation__channel", "conversation__customer", "author")
    return known.order_by("seq").first()


def _tried(message: Message) -> Mapping[str, Any] | Exception:
    """What the channel gave back, or why it did not take the message."""
    talk = message.conversation
    try:
        return channel_kinds.get(talk.channel.kind).send(talk.channel, talk, message)
    except Exception as error:  # noqa: BLE001 - whatever a network does
        log.warning("chat_sending_failed", channel=talk.channel_id, error=type(error).__name__)
        return error


@transaction.atomic
def _note(
    conversation_id: int, message: Message | None, outcome: Mapping[str, Any] | Exception | None
) -> None:
    conversation = locked(conversation_id)
    if message is not None and outcome is not None:
        if isinstance(outcome, Exception) and not _is_final(conversation, outcome):
            conversation.send_tries += 1
            conversation.send_at = timezone.now() + _pause(conversation.send_tries)
            conversation.save(update_fields=["send_tries", "send_at"])
            return
        _settle(message, outcome)
        tell(conversation, "sent", {"seq": message.seq})
    more = conversation.messages.filter(state=Message.State.NEW).exists()
    conversation.send_tries = 0
    conversation.send_at = timezone.now() if more else None
    conversation.save(update_fields=["send_tries", "send_at"])


def _is_final(conversation: Conversation, error: Exception) -> bool:
    return isinstance(error, SendRefused) or conversation.send_tries + 1 >= MAX_TRIES


def _settle(message: Message, outcome: Mapping[str, Any] | Exception) -> None:
    if isinstance(outcome, Exception):
        message.state, message.error = Message.State.FAILED, str(outcome)[:500]
    else:
        message.state = Message.State.SENT
        message.external_id = str(outcome.get("external_id", ""))[:200]
    message.save(update_fields=["state", "error", "external_id"])


def _pause(tries: int) -> timedelta:
    return timedelta(seconds=min(600, 2**tries))
