"""The list at the left of the desk: what is mine, what waits, what is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from openlines.models import Conversation, Message, Participant
from openlines.selectors.desk import visible_conversations
from staff.models import Employee

State = Conversation.State
#: At first, and at most for whoever asks for more: then it is quicker to search.
SHOWN, MOST = 50, 500
Rows = QuerySet[Conversation]


@dataclass(frozen=True)
class Box:
    slug: str
    label: str | Promise
    condition: Callable[[Employee], Q]


BOXES: Mapping[str, Box] = {
    box.slug: box
    for box in (
        Box("mine", _("Mine"), lambda actor: Q(operator=actor) & ~Q(state=State.CLOSED)),
        Box("queue", _("In the queue"), lambda actor: Q(state=State.QUEUED)),
        Box("others", _("Of others"), lambda actor: Q(state=State.ACTIVE) & ~Q(operator=actor)),
        Box("closed", pgettext_lazy("box", "Closed"), lambda actor: Q(state=State.CLOSED)),
    )
}


def inbox(actor: Employee, box: str, *, words: str = "", limit: int = SHOWN) -> list[Conversation]:
    """The newest conversations of a box, each with `last_text` and `unread`. One query."""
    rows = visible_conversations(actor).filter(BOXES[box].condition(actor))
    if words:
        named = Q(customer__name__icontains=words) | Q(customer__phone__icontains=words)
        said = Message.objects.filter(conversation=OuterRef("pk"), text__icontains=words)
        rows = rows.filter(named | Q(pk__in=said.values("conversation")))
    return list(_told(rows, actor).order_by(F("last_at").desc())[:limit])


def counts(actor: Employee) -> dict[str, int]:
    """How many conversations of mine, of the queue and of others are open. One query."""
    rows = visible_conversations(actor).exclude(state=State.CLOSED)
    open_ = [box for slug, box in BOXES.items() if slug != "closed"]
    return rows.aggregate(
        **{box.slug: Count("pk", filter=box.condition(actor), distinct=True) for box in open_}
    )


def waiting_count(actor: Employee) -> int:
    """The number beside the menu: of those I answer or was invited to and of the queue, those
    that wait for an answer."""
    inside = Participant.objects.filter(conversation=OuterRef("pk"), employee=actor, left_at=None)
    mine = Q(operator=actor) | Q(Exists(inside))
    rows = visible_conversations(actor).exclude(state=State.CLOSED)
    return rows.filter(mine | Q(state=State.QUEUED), waiting_since__isnull=False).count()


def _told(rows: Rows, actor: Employee) -> Rows:
    said = Message.objects.filter(conversation=OuterRef("pk")).exclude(kind=Message.Kind.SYSTEM)
    seen = Participant.objects.filter(conversation=OuterRef("pk"), employee=actor)
    return rows.select_related("customer", "channel", "line", "operator").annotate(
        last_text=Subquery(said.order_by("-seq").values("text")[:1]),
        unread=F("last_seq") - Coalesce(Subquery(seen.values("read_seq")[:1]), 0),
    )
