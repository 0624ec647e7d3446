"""Conversations that found nobody free: given out as soon as somebody comes, comes back from a
break or has closed one."""

from __future__ import annotations

from django.db import transaction

from openlines.models import Conversation, Line, Message
from openlines.services.messages import locked
from openlines.services.queue import anybody_free, distribute

State = Conversation.State
AT_ONCE = 20


def look() -> int:
    """Share out what waits in the lines whose queue gives; returns how many got an operator.

    One query where nothing waits. Any number of workers may.
    """
    waiting = Conversation.objects.filter(state=State.QUEUED)
    lines = Line.objects.filter(pk__in=waiting.values("line"), deleted_at=None)
    return sum(_share_out(line) for line in lines.exclude(queue=Line.Queue.ALL))


def _share_out(line: Line) -> int:
    """The oldest first, until nobody is free any more."""
    rows = Conversation.objects.filter(line=line, state=State.QUEUED).order_by("opened_at", "pk")
    given = 0
    for pk in list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        if not anybody_free(line):
            break
        with transaction.atomic():
            talk = locked(pk)
            distribute(talk, without=_returned_by(talk))
            given += talk.state == State.ACTIVE
    return given


def _returned_by(talk: Conversation) -> list[int]:
    """Whoever put it back into the queue last does not get it at once again."""
    events = talk.messages.filter(kind=Message.Kind.SYSTEM, data__what="returned")
    last = events.order_by("-seq").values_list("data", flat=True).first()
    return [last["by"]] if last and last.get("by") else []
