"""Answers of several pieces: a long text in two, a text and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import timezone

from openlines.models import Conversation, Message
from openlines.services.sending import LEASE


def send_parts(message: Message, parts: Sequence[Callable[[], str]]) -> list[str]:
    """Send the pieces that have not gone yet, in their order; returns the channel's ids of all.

    Each is noted as soon as the channel has taken it: after a failure between two pieces the
    first is not sent again. The lease is renewed, for many pictures take their time.
    """
    sent = list(message.data.get("parts", []))
    for part in parts[len(sent) :]:
        sent.append(part())
        message.data = {**message.data, "parts": sent}
        Message.objects.filter(pk=message.pk).update(data=message.data)
        rows = Conversation.objects.filter(pk=message.conversation_id, send_at__isnull=False)
        rows.update(send_at=timezone.now() + LEASE)
    return sent
