"""What a supervisor sees of a line at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from openlines.models import Conversation, Line, LineMember, Message
from openlines.selectors.lines import members_of

State = Conversation.State
SHOWN = 200


@dataclass(frozen=True)
class Moment:
    """`talks` are the open ones with `last_text`, the longest waiting first, SHOWN at most."""

    talks: Sequence[Conversation]
    members: Sequence[LineMember]
    open: int
    queued: int
    waiting: int
    waiting_from: datetime | None

    @property
    def online(self) -> int:
        return sum(one.is_online and not one.is_paused for one in self.operators)

    @property
    def operators(self) -> Sequence[LineMember]:
        return [one for one in self.members if one.role == LineMember.Role.OPERATOR]


def moment_of(line: Line) -> Moment:
    """Three queries, however many conversations and people."""
    open_ = Conversation.objects.filter(line=line).exclude(state=State.CLOSED)
    said = Message.objects.filter(conversation=OuterRef("pk")).exclude(kind=Message.Kind.SYSTEM)
    rows = open_.select_related("customer", "channel", "operator").annotate(
        last_text=Subquery(said.order_by("-seq").values("text")[:1])
    )
    talks = list(rows.order_by(F("waiting_since").asc(nulls_last=True), "-last_at")[:SHOWN])
    numbers = list(open_.values_list("state", "waiting_since"))
    waits = [since for _state, since in numbers if since]
    return Moment(
        talks=talks,
        members=members_of(line),
        open=len(numbers),
        queued=sum(state == State.QUEUED for state, _since in numbers),
        waiting=len(waits),
        waiting_from=min(waits, default=None),
    )
