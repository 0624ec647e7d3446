"""The outbox: what happened, written in the transaction in which it happened."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.utils import timezone

from lists_core.models import OutboxEvent
from lists_core.services.watching import forget_watchers, tell_watchers

KEPT = timedelta(days=14)


#: The process step that writes, if one does: `{"instance": 5, "chain": […]}`. Goes into the
#: events, so that a process which starts itself is known by its chain.
cause: ContextVar[dict[str, Any] | None] = ContextVar("cause", default=None)


def announce(topic: str, list_id: int, **payload: Any) -> None:
    """Record an event, e.g. `announce("element.created", 3, ids=[7], actor=1)`.

    Events of elements carry `ids`, and of changes also `fields`: the keys of those changed.
    """
    if why := cause.get():
        payload["cause"] = why
    OutboxEvent.objects.create(topic=topic, list_id=list_id, payload=payload)
    if topic.startswith("element."):
        tell_watchers(list_id)


def forget_old_events() -> int:
    """Remove events older than KEPT; returns how many."""
    forget_watchers()
    return OutboxEvent.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
