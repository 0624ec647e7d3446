"""Answers on their way out: in the order of each conversation, at least once.

A conversation is leased, not locked, while its channel is asked: a sender that dies leaves it to
others. What fails is tried again, and what follows it waits: an answer never overtakes another.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from openlines.chat_channels.base import SendRefused, TryLater, channel_kinds
from openlines.models import Channel, Conversation, Message
from openlines.services.messages import locked
from openlines.services.news import tell
from openlines.services.others import in_threads

log = structlog.get_logger(__name__)
SENDERS = 10
LEASE = timedelta(seconds=60)
MAX_TRIES = 8


def send_due(now: datetime | None = None) -> int:
    """Send what is due, each conversation's next answer at a time; returns how many were tried."""
    return in_threads(SENDERS, lambda busy, free: _lease(now or timezone.now(), busy, free), _send)


def _lease(now: datetime, busy: Collection[int], free: int) -> list[int]:
    """No more than are sent at once: a lease that waits for its turn would run out."""
    with transaction.atomic():
        due = Conversation.objects.filter(send_at__lte=now).exclude(pk__in=list(busy))
        rows = due.order_by("send_at").select_for_update(skip_locked=True)
        ids = list(rows.values_list("pk", flat=True)[:free])
        Conversation.objects.filter(pk__in=ids).update(send_at=now + LEASE)
    return ids


def _send(conversation_id: int) -> None:
    message = _first_new(conversation_id)
    outcome = _tried(message) if message else None
    _note(conversation_id, message, outcome)


def _first_new(conversation_id: int) -> Message | None:
    rows = Message.objects.filter(conversation=conversation_id, state=Message.State.NEW)
    known = rows.select_related("conversation__channel__line", "conversation__customer", "author")
    return known.order_by("seq").first()


def _tried(message: Message) -> Mapping[str, Any] | Exception:
    """What the channel gave back, or why it did not take the message."""
    talk = message.conversation
    try:
        _check_works(talk.channel)
        return channel_kinds.get(talk.channel.kind).send(talk.channel, talk, message)
    except Exception as error:  # noqa: BLE001 - whatever a network does
        log.warning("chat_sending_failed", channel=talk.channel_id, error=type(error).__name__)
        return error


def _check_works(channel: Channel) -> None:
    """Raises SendRefused for one that is deleted or off, or whose line is deleted."""
    if not channel.is_active or channel.line.deleted_at is not None:
        raise SendRefused(_("The channel is off or deleted."))


@transaction.atomic
def _note(
    conversation_id: int, message: Message | None, outcome: Mapping[str, Any] | Exception | None
) -> None:
    conversation = locked(conversation_id)
    if message is not None and outcome is not None and _is_new(message):
        if isinstance(outcome, Exception) and not _is_final(conversation, outcome):
            _put_off(conversation, outcome)
            return
        _settle(message, outcome)
        tell(conversation, "sent", {"seq": message.seq})
    more = conversation.messages.filter(state=Message.State.NEW).exists()
    conversation.send_tries = 0
    conversation.send_at = timezone.now() if more else None
    conversation.save(update_fields=["send_tries", "send_at"])


def _is_new(message: Message) -> bool:
    """Whoever outlived their lease finds that another sender was done before."""
    return Message.objects.filter(pk=message.pk, state=Message.State.NEW).exists()


def _is_final(conversation: Conversation, error: Exception) -> bool:
    if isinstance(error, TryLater):
        return False
    return isinstance(error, SendRefused) or conversation.send_tries + 1 >= MAX_TRIES


def _put_off(conversation: Conversation, error: Exception) -> None:
    if isinstance(error, TryLater):
        pause = timedelta(seconds=error.seconds)
    else:
        conversation.send_tries += 1
        pause = _pause(conversation.send_tries)
    conversation.send_at = timezone.now() + pause
    conversation.save(update_fields=["send_tries", "send_at"])


def _settle(message: Message, outcome: Mapping[str, Any] | Exception) -> None:
    if isinstance(outcome, Exception):
        message.state, message.error = Message.State.FAILED, str(outcome)[:500]
    else:
        message.state = Message.State.SENT
        message.external_id = _own_id(message, str(outcome.get("external_id", ""))[:200])
    message.save(update_fields=["state", "error", "external_id"])


def _own_id(message: Message, given: str) -> str:
    """The channel's id, unless it gives the same one twice: what was taken is not sent again."""
    known = Message.objects.filter(conversation=message.conversation_id, external_id=given)
    return "" if not given or known.exclude(pk=message.pk).exists() else given


def _pause(tries: int) -> timedelta:
    return timedelta(seconds=min(600, 2**tries))
