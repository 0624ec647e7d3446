"""Who sees which conversations; every page, search, file and suggestion asks here.

- Administrators and supervisors of a line: all of the line.
- Operators of a line: those in its queue, and those they are or were in.
- Whoever was invited: that conversation, while they are in it.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from openlines.models import Conversation, Line, LineMember, Message, Participant
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound

Role = LineMember.Role
PORTION = 50


def visible_conversations(actor: Employee) -> QuerySet[Conversation]:
    rows = Conversation.objects.all()
    if not actor.is_active:
        return rows.none()
    if actor.is_superuser:
        return rows
    own = LineMember.objects.filter(employee=actor)
    supervised = own.filter(role=Role.SUPERVISOR).values("line")
    inside = Participant.objects.filter(conversation=OuterRef("pk"), employee=actor)
    queued = Q(state=Conversation.State.QUEUED, line__in=own.values("line"))
    was_in = Q(Exists(inside)) & Q(line__in=own.values("line"))
    return rows.filter(
        Q(line__in=supervised) | queued | was_in | Q(Exists(inside.filter(left_at=None)))
    )


def access_conversation(actor: Employee, conversation_id: int) -> Conversation:
    """Raises NotFound for one that the actor may not see."""
    rows = visible_conversations(actor).select_related("line", "channel", "customer", "operator")
    found = rows.filter(pk=conversation_id).first()
    if found is None:
        raise NotFound
    return found


def require_to_answer(actor: Employee, conversation: Conversation) -> None:
    """Raise Forbidden for whoever only looks: who was in it before, an administrator outside."""
    if not may_answer(actor, conversation):
        raise Forbidden


def may_answer(actor: Employee, conversation: Conversation) -> bool:
    inside = conversation.participants.filter(employee=actor, left_at=None)
    return is_member(actor, conversation.line, Role.SUPERVISOR) or inside.exists()


def may_take(actor: Employee, conversation: Conversation) -> bool:
    """Operators take from the queue, supervisors from each other's hands too."""
    queued = conversation.state == Conversation.State.QUEUED
    return is_member(actor, conversation.line, "" if queued else Role.SUPERVISOR)


def can_be_reopened(conversation: Conversation) -> bool:
    """Whether its customer can be written to here: by a channel that works, and nowhere else. It
    is the last one: the window, a vote and a letter's answer go by what came last."""
    channel, line = conversation.channel, conversation.line
    works = channel.is_active and line.is_active and not (channel.deleted_at or line.deleted_at)
    others = Conversation.objects.filter(customer=conversation.customer_id).exclude(
        pk__lte=conversation.pk, state=Conversation.State.CLOSED
    )
    return works and not others.exists()


def is_member(actor: Employee, line: Line, role: str = "") -> bool:
    rows = LineMember.objects.filter(line=line, employee=actor)
    return actor.is_active and (rows.filter(role=role) if role else rows).exists()


def visible_lines(actor: Employee) -> QuerySet[Line]:
    """Lines of which the actor is; all of them for administrators."""
    rows = Line.objects.filter(deleted_at=None)
    if actor.is_superuser:
        return rows
    return rows.filter(Exists(LineMember.objects.filter(line=OuterRef("pk"), employee=actor)))


def may_manage_lines(actor: Employee) -> bool:
    """Who makes lines, channels and their people."""
    return actor.is_active and actor.is_superuser


def messages_of(
    conversation: Conversation, *, before: int | None = None, after: int | None = None
) -> list[Message]:
    """At most PORTION messages in their order, for an employee (notes and events among them):
    the first after a number, so that none is passed over; else the newest (before a number)."""
    rows = conversation.messages.select_related("author").prefetch_related("attachments__file")
    if after is not None:
        return list(rows.filter(seq__gt=after).order_by("seq")[:PORTION])
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return list(rows.order_by("-seq")[:PORTION])[::-1]


def messages_for_customer(conversation: Conversation, *, after: int = 0) -> list[Message]:
    """What the customer may read, in its order: no notes, no events."""
    shown = (Message.Kind.CUSTOMER, Message.Kind.OPERATOR, Message.Kind.AUTO)
    rows = conversation.messages.filter(seq__gt=after, kind__in=shown)
    return list(rows.select_related("author").prefetch_related("attachments__file")[:200])
