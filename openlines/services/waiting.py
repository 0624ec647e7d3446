"""Conversations that found nobody free: given out as soon as somebody comes, comes back from a
break or has closed one; and those whose operator is gone from the portal."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from openlines.models import Conversation, Line, Message
from openlines.services.messages import locked
from openlines.services.queue import anybody_free, distribute, put_back

State = Conversation.State
AT_ONCE = 20


def look() -> int:
    """Share out what waits in the lines whose queue gives; returns how many got an operator.

    Two queries where nothing waits. Any number of workers may.
    """
    _take_back()
    waiting = Conversation.objects.filter(state=State.QUEUED)
    lines = Line.objects.filter(pk__in=waiting.values("line"), deleted_at=None)
    return sum(_share_out(line) for line in lines.exclude(queue=Line.Queue.ALL))


def _take_back() -> None:
    """What somebody answered who was deactivated goes back into the queue: nobody reads there."""
    gone = Q(operator=None) | Q(operator__is_active=False)
    rows = Conversation.objects.filter(gone, state=State.ACTIVE, line__deleted_at=None)
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            talk = locked(pk)
            if talk.state == State.ACTIVE and not (talk.operator and talk.operator.is_active):
                put_back(talk, by=None)


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


def _returned_by(talk: Conversation) -> int | None:
    """Whoever put it back into the queue last does not get it at once again."""
    events = talk.messages.filter(kind=Message.Kind.SYSTEM, data__what="returned")
    last = events.order_by("-seq").values_list("data", flat=True).first()
    return last.get("by") if last else None
