"""What time does to conversations: nobody answers, or nobody says anything any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openlines.models import Conversation, Line, LineMember, Message
from openlines.services.clock import set_alarm
from openlines.services.desk import finish
from openlines.services.messages import append, event, locked
from openlines.services.outcomes import announce
from openlines.services.queue import distribute
from staff.services.notifications import notify

State = Conversation.State
AT_ONCE = 50


def look(now: datetime | None = None) -> int:
    """Take up conversations whose alarm is due; returns how many. Any number of workers may."""
    now = now or timezone.now()
    due = Conversation.objects.filter(alarm_at__lte=now).exclude(state=State.CLOSED)
    ids = list(due.order_by("alarm_at").values_list("pk", flat=True)[:AT_ONCE])
    for pk in ids:
        with transaction.atomic():
            _ring(locked(pk), now)
    return len(ids)


def _ring(conversation: Conversation, now: datetime) -> None:
    """Under its lock once more: another worker, or an answer, may have come first."""
    if conversation.alarm_at is None or conversation.alarm_at > now:
        return
    if conversation.waiting_since is not None:
        _no_answer(conversation, now)
    else:
        finish(conversation, by=None)


def _no_answer(conversation: Conversation, now: datetime) -> None:
    line, was = conversation.line, conversation.operator
    first = not conversation.messages.filter(data__what="no_answer").exists()
    event(conversation, "no_answer", employee=was.pk if was else None)
    if first and line.no_answer_text:
        append(conversation, Message.Kind.AUTO, line.no_answer_text)
    if line.no_answer_to == Line.NoAnswer.NEXT and was is not None:
        _pass_on(conversation, was.pk)
    _tell_supervisors(conversation)
    conversation.given_at = now
    set_alarm(conversation)
    conversation.save()
    announce("no_answer", conversation)


def _pass_on(conversation: Conversation, was: int) -> None:
    """To the next operator; where there is nobody else it stays with whom it was."""
    conversation.operator_id, conversation.state = None, State.QUEUED
    distribute(conversation, without=[was])
    if conversation.operator_id is None:
        conversation.operator_id, conversation.state = was, State.ACTIVE


def _tell_supervisors(conversation: Conversation) -> None:
    supervisors = LineMember.objects.filter(
        line=conversation.line, role=LineMember.Role.SUPERVISOR
    ).select_related("employee")
    notify(
        [one.employee for one in supervisors],
        "chat",
        _("A customer waits for an answer: %(name)s") % {"name": conversation.customer},
        url=reverse("chat_conversation", args=[conversation.pk]),
        key=f"chat-no-answer:{conversation.pk}:{conversation.last_seq}",
    )
