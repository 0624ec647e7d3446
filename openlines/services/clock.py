"""The hours of lines: greetings, and when somebody has to look at a conversation again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from openlines.models import Conversation, Line, Message
from openlines.services.messages import append
from staff.selectors_calendar import working_time

State = Conversation.State
MOST_RINGS = 5


def is_open(line: Line, now: datetime) -> bool:
    """Whether the line works at this moment."""
    if line.calendar is None:
        return True
    zone = timezone.get_default_timezone()
    return working_time(line.calendar).add(now, timedelta(microseconds=1), zone) - now < (
        timedelta(seconds=1)
    )


def is_open_now(line: Line) -> bool:
    return is_open(line, timezone.now())


def greet(conversation: Conversation) -> None:
    """The first automatic answer of a new, locked conversation."""
    line = conversation.line
    text = line.greeting if is_open_now(line) else line.away_text
    if text:
        append(conversation, Message.Kind.AUTO, text)


def set_alarm(conversation: Conversation) -> None:
    """When the clock is to look at a locked conversation again; the caller saves it."""
    conversation.alarm_at = _no_answer_at(conversation) or _silence_at(conversation)


def wait_again(conversation: Conversation) -> None:
    """Somebody else is to go on with a locked conversation, and is reminded of it although the
    operator spoke last; the caller saves it."""
    conversation.waiting_since = conversation.waiting_since or timezone.now()
    set_alarm(conversation)


def ring_again(conversation: Conversation, now: datetime, times: int) -> None:
    """After so many rings that nobody heeded: twice the pause each time, and MOST_RINGS at most.
    Whatever anybody does, the customer too, begins anew (`set_alarm`)."""
    line, minutes = conversation.line, conversation.line.no_answer_minutes * 2**times
    conversation.alarm_at = _after(line, now, minutes) if times < MOST_RINGS else None


def look_anew(line_id: int) -> None:
    """Have the clock look at the open conversations of a line whose minutes are others now."""
    open_ = Conversation.objects.filter(line=line_id).exclude(state=State.CLOSED)
    with transaction.atomic():
        ids = list(open_.select_for_update().order_by("pk").values_list("pk", flat=True))
        Conversation.objects.filter(pk__in=ids).update(alarm_at=timezone.now())


def _no_answer_at(conversation: Conversation) -> datetime | None:
    line, since = conversation.line, conversation.waiting_since
    if not line.no_answer_minutes or since is None:
        return None
    start = max(filter(None, [since, conversation.given_at]))
    return _after(line, start, line.no_answer_minutes)


def _silence_at(conversation: Conversation) -> datetime | None:
    line, waits = conversation.line, conversation.waiting_since is not None
    if not line.close_after_minutes or waits or conversation.state == State.QUEUED:
        return None
    return _after(line, conversation.last_at, line.close_after_minutes)


def _after(line: Line, start: datetime, minutes: int) -> datetime:
    if line.calendar is None:
        return start + timedelta(minutes=minutes)
    zone = timezone.get_default_timezone()
    return working_time(line.calendar).add(start, timedelta(minutes=minutes), zone)
