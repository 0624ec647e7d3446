"""Tells the rest of the portal what became of conversations, in the transaction of the change."""

from __future__ import annotations

from typing import Any

from lists_core.models import OutboxEvent
from openlines.models import Conversation
from openlines.services.process_starts import CLOSED, NO_ANSWER, tell_processes


def announce(what: str, conversation: Conversation, **more: Any) -> None:
    """`conversation.opened`, `.no_answer`, `.closed`, … for processes and whoever listens."""
    payload = {"conversation": conversation.pk, "line": conversation.line_id, **more}
    OutboxEvent.objects.create(topic=f"conversation.{what}", payload=payload)
    if what in {NO_ANSWER, CLOSED}:  # of a new one they hear when it is known who writes
        tell_processes(what, conversation)
