"""Live news of conversations: to whoever sees them, and to the customer's own window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from openlines.models import Conversation, LineMember, Message
from svod.base.live import publish


def tell(conversation: Conversation, what: str, data: Mapping[str, Any] | None = None) -> None:
    """`svod:live:chat` with `{"conversation", "line", "what", …}`; never any content. The
    customer's window hears that there is something, and no numbers of the portal's."""
    tell_desks(conversation, what, data)
    publish([-conversation.customer_id], "chat", {"what": what})


def tell_desks(
    conversation: Conversation, what: str, data: Mapping[str, Any] | None = None
) -> None:
    """The same to employees alone: what the customer's window has no use for."""
    news = {"conversation": conversation.pk, "line": conversation.line_id, "what": what}
    publish([*listeners(conversation)], "chat", {**news, **(data or {})})


def tell_message(conversation: Conversation, message: Message) -> None:
    """Desks hear who said it, and sound for customers; a window hears nothing of notes."""
    tell_desks(conversation, "message", {"seq": message.seq, "from": message.kind})
    if message.kind != Message.Kind.NOTE:
        publish([-conversation.customer_id], "chat", {"what": "message"})


def tell_gone(conversation: Conversation, before: set[int]) -> None:
    """To those of `before` on whose desks it stands no more: their lists still offer it."""
    news = {"conversation": conversation.pk, "line": conversation.line_id, "what": "gone"}
    publish([*(before - listeners(conversation))], "chat", news)


def listeners(conversation: Conversation) -> set[int]:
    """Ids of the employees on whose desks the conversation stands now."""
    members = LineMember.objects.filter(line=conversation.line_id, employee__is_active=True)
    if conversation.state != Conversation.State.QUEUED:
        inside = conversation.participants.filter(left_at=None).values("employee")
        supervisors = Q(role=LineMember.Role.SUPERVISOR)
        members = members.filter(supervisors | Q(employee__in=inside))
        invited = set(inside.values_list("employee", flat=True))
        return invited | set(members.values_list("employee", flat=True))
    return set(members.values_list("employee", flat=True))


def tell_customer_typing(conversation: Conversation) -> None:
    """The customer's window shows that an answer is being written."""
    publish([-conversation.customer_id], "chat", {"what": "operator_typing"})
