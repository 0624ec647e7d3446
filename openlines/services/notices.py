"""News to people whose desk may be shut, or who have none: a conversation is theirs to answer."""

from __future__ import annotations

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from openlines.models import Conversation, LineMember
from staff.models import Employee
from staff.services.notifications import Text, notify

INVITED = _("{by} invites you into the conversation with {customer}")
TRANSFERRED = _("{by} transferred the conversation with {customer} to you")
GIVEN = _("{customer} waits for your answer")


def tell_invited(conversation: Conversation, employee: Employee, *, by: Employee) -> None:
    _tell(conversation, employee, format_lazy(INVITED, by=by, customer=conversation.customer), by)


def tell_given(conversation: Conversation, employee: Employee, *, by: Employee | None) -> None:
    """A colleague's transfer is told always; what the queue or a process gives is heard by
    whoever sits at their desk."""
    customer = conversation.customer
    if by is not None:
        _tell(conversation, employee, format_lazy(TRANSFERRED, by=by, customer=customer), by)
    elif not _at_desk(conversation, employee):
        _tell(conversation, employee, format_lazy(GIVEN, customer=customer))


def _at_desk(conversation: Conversation, employee: Employee) -> bool:
    rows = LineMember.objects.filter(line=conversation.line_id, employee=employee)
    member = rows.first()
    return member is not None and member.is_online


def _tell(
    conversation: Conversation, employee: Employee, text: Text, by: Employee | None = None
) -> None:
    url = reverse("chat_conversation", args=[conversation.pk])
    notify([employee], "chat", text, url=url, actor=by)
