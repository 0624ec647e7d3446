"""Live news of conversations: to whoever sees them, and to the customer's own window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from openlines.models import Conversation, LineMember
from svod.base.live import publish


def tell(conversation: Conversation, what: str, data: Mapping[str, Any] | None = None) -> None:
    """`svod:live:chat` with `{"conversation", "line", "what", …}`; never any content."""
    news = {"conversation": conversation.pk, "line": conversation.line_id, "what": what}
    publish([*listeners(conversation)], "chat", {**news, **(data or {})})
    publish([-conversation.customer_id], "chat", {"what": what, **(data or {})})


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
