"""The list at the left of the desk: what is mine, what waits, what is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.selectors.fence import in_time
from openlines.models import Conversation, Message, Participant
from openlines.selectors.desk import visible_conversations
from staff.models import Employee
from svod.base.errors import DomainError

State = Conversation.State
#: At first, and at most for whoever asks for more: then it is quicker to search.
SHOWN, MOST = 50, 500
#: Who types sees each pause searched.
SEARCH_MS = 2_000
Rows = QuerySet[Conversation]


class TooBroad(DomainError):
    """The search would take too long."""

    code = "too_broad"
    message = _("There is too much to look through. Write more of the word, or one that is rarer.")


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
    """The newest conversations of a box, each with `last_text` and `unread`. One query.

    With `words` those whose customer or whose messages have them. Raises TooBroad.
    """
    rows = visible_conversations(actor).filter(BOXES[box].condition(actor))
    if words:
        rows = rows.filter(_has(words))
    newest = _told(rows, actor).order_by(F("last_at").desc())[:limit]
    found = in_time(lambda: list(newest), SEARCH_MS) if words else list(newest)
    if found is None:
        raise TooBroad
    return found


def _has(words: str) -> Q:
    """Messages are looked up by their index first: asked of each conversation in its turn, every
    message of the line would be read."""
    named = Q()
    for column in ("name", "phone", "email"):
        named |= Q(**{f"customer__{column}__icontains": words})
    said = Message.objects.filter(text__icontains=words)
    return named | Q(pk__in=said.values("conversation"))


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
