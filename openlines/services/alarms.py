"""What time does to conversations: nobody answers, or nobody says anything any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openlines.models import Conversation, Line, LineMember, Message
from openlines.services.clock import ring_again, set_alarm
from openlines.services.desk import finish
from openlines.services.messages import append, event, locked
from openlines.services.outcomes import announce
from openlines.services.queue import pass_on
from staff.services.notifications import notify

log = structlog.get_logger(__name__)
State = Conversation.State
AT_ONCE = 50
AFTER_FAILURE = timedelta(minutes=1)
#: Events that no person did; five rings make no more messages than LAST.
OWN, LAST = {"no_answer", "given", "assigned"}, 30


def look(now: datetime | None = None) -> int:
    """Take up conversations whose alarm is due; returns how many. Any number of workers may."""
    now = now or timezone.now()
    due = Conversation.objects.filter(alarm_at__lte=now, line__deleted_at=None)
    due = due.exclude(state=State.CLOSED)
    ids = list(due.order_by("alarm_at").values_list("pk", flat=True)[:AT_ONCE])
    for pk in ids:
        _look_at(pk, now)
    return len(ids)


def _look_at(pk: int, now: datetime) -> None:
    """One that fails comes again later, and keeps no other from its turn."""
    try:
        with transaction.atomic():
            _ring(locked(pk), now)
    except Exception:
        log.warning("chat_alarm_failed", conversation=pk, exc_info=True)
        rows = Conversation.objects.filter(pk=pk, alarm_at__lte=now)
        rows.update(alarm_at=now + AFTER_FAILURE)


def _ring(conversation: Conversation, now: datetime) -> None:
    """Under its lock once more: another worker, or an answer, may have come first, and the line
    may count by other minutes now."""
    if not _is_due(conversation, now):
        return
    set_alarm(conversation)
    if not _is_due(conversation, now):
        conversation.save(update_fields=["alarm_at"])
    elif conversation.waiting_since is not None:
        _no_answer(conversation, now)
    else:
        finish(conversation, by=None)


def _is_due(conversation: Conversation, now: datetime) -> bool:
    return conversation.alarm_at is not None and conversation.alarm_at <= now


def _no_answer(conversation: Conversation, now: datetime) -> None:
    line, was, times = conversation.line, conversation.operator, _unheeded(conversation) + 1
    first = not conversation.messages.filter(data__what="no_answer").exists()
    event(conversation, "no_answer", employee=was.pk if was else None)
    if first and line.no_answer_text:
        append(conversation, Message.Kind.AUTO, line.no_answer_text)
    if line.no_answer_to == Line.NoAnswer.NEXT and was is not None:
        pass_on(conversation, was)
    _tell_supervisors(conversation)
    conversation.given_at = now
    ring_again(conversation, now, times)
    conversation.save()
    announce("no_answer", conversation)


def _unheeded(conversation: Conversation) -> int:
    """How often it has rung since a person, the customer too, did anything in it."""
    said = conversation.messages.order_by("-seq").values_list("kind", "data__what")
    by_itself = takewhile(lambda one: one[0] == Message.Kind.AUTO or one[1] in OWN, said[:LAST])
    return sum(what == "no_answer" for _kind, what in by_itself)


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
