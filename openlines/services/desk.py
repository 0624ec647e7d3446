"""What operators do with conversations. Each is one transaction under the conversation's lock."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.models import StoredFile
from lists_core.selectors.files import files_by_id
from openlines.models import Conversation, LineMember, Message, Participant
from openlines.selectors.desk import (
    access_conversation,
    is_member,
    require_to_answer,
)
from openlines.services import clock
from openlines.services.messages import MAX_TEXT, append, event, kept_text, locked
from openlines.services.news import tell
from openlines.services.notices import tell_invited
from openlines.services.outcomes import announce
from openlines.services.queue import enter, give, put_back, put_out
from openlines.services.reply_uses import known_replies, note_uses
from openlines.services.timelines import leave_entries
from openlines.services.votes import say_farewell
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid

State = Conversation.State


class Taken(Conflict):
    """Somebody else took the conversation first."""

    code = "conversation_taken"
    message = _("Another operator has taken this conversation.")


def say(
    conversation_id: int,
    text: str,
    *,
    actor: Employee,
    file_ids: Collection[int] = (),
    note: bool = False,
    reply_ids: Collection[int] = (),
    client_key: str = "",
) -> Message:
    """Answer the customer, or leave a note that they do not see.

    Sent again under the same `client_key` it is the message that was said then. Answering takes
    a conversation that nobody has. Raises NotFound, Forbidden, Taken, Invalid, and Conflict for
    another text under a key that was used.
    """
    access_conversation(actor, conversation_id)
    client_key = kept_text(client_key)[:64]
    with transaction.atomic():
        conversation = locked(conversation_id)
        present = _said(conversation, client_key, text, actor)
        if present is not None:
            return present
        _require_open(conversation)
        files = _files(file_ids, actor)
        _check_text(text, files)
        if not note:
            _take_to_answer(conversation, actor)
        require_to_answer(actor, conversation)
        kind = Message.Kind.NOTE if note else Message.Kind.OPERATOR
        if not note:
            _answered(conversation)
        replies = known_replies(conversation, reply_ids, actor=actor)
        message = append(
            conversation, kind, text.strip(), author=actor, files=files,
            reply_id=next(iter(replies), None), client_key=client_key,
        )  # fmt: skip
        note_uses(message, replies, actor=actor)
    return message


def take(conversation_id: int, *, actor: Employee) -> Conversation:
    """Become the operator of a conversation in the queue. Raises NotFound, Forbidden, Taken."""
    access_conversation(actor, conversation_id)
    with transaction.atomic():
        conversation = locked(conversation_id)
        if conversation.operator_id == actor.pk:
            return conversation
        supervisor = is_member(actor, conversation.line, LineMember.Role.SUPERVISOR)
        if conversation.state != State.QUEUED and not supervisor:
            raise Taken
        _require_open(conversation)
        if not is_member(actor, conversation.line):
            raise Forbidden
        give(conversation, actor, what="taken")
    return conversation


def transfer(conversation_id: int, *, actor: Employee, to: Employee | None = None) -> Conversation:
    """Hand it to another member of the line, or (None) back into the queue. It counts as waiting
    from now on, also when the last words were the actor's: another is to go on.

    Raises NotFound, Forbidden, Invalid for somebody who is not of the line.
    """
    access_conversation(actor, conversation_id)
    with transaction.atomic():
        conversation = locked(conversation_id)
        _require_open(conversation)
        require_to_answer(actor, conversation)
        if to is not None and not is_member(to, conversation.line):
            raise Invalid({"employee": [_("This employee is not an operator of the line.")]})
        put_out(conversation, actor.pk)
        if to is None:
            put_back(conversation, by=actor.pk, without=actor.pk)
        else:
            clock.wait_again(conversation)
            give(conversation, to, by=actor, what="transferred")
    return conversation


def invite(conversation_id: int, employee: Employee, *, actor: Employee) -> None:
    """Bring another employee in, of the line or not, and tell them. Raises NotFound, Forbidden."""
    access_conversation(actor, conversation_id)
    with transaction.atomic():
        conversation = locked(conversation_id)
        _require_open(conversation)
        require_to_answer(actor, conversation)
        enter(conversation, employee)
        event(conversation, "invited", employee=employee.pk, by=actor.pk)
        tell_invited(conversation, employee, by=actor)


def leave(conversation_id: int, *, actor: Employee) -> None:
    """Go out of it. Whoever answers it cannot: they transfer it or close it."""
    access_conversation(actor, conversation_id)
    with transaction.atomic():
        conversation = locked(conversation_id)
        if conversation.operator_id == actor.pk and conversation.state != State.CLOSED:
            raise Conflict(_("Transfer the conversation or close it."))
        if put_out(conversation, actor.pk):
            event(conversation, "left", employee=actor.pk)


def close(conversation_id: int, *, actor: Employee) -> Conversation:
    """The talk is over; the next message of the customer begins another."""
    access_conversation(actor, conversation_id)
    with transaction.atomic():
        conversation = locked(conversation_id)
        if conversation.state == State.CLOSED:
            return conversation
        require_to_answer(actor, conversation)
        finish(conversation, by=actor)
    return conversation


def finish(conversation: Conversation, *, by: Employee | None) -> None:
    """Close a locked conversation; nobody has closed one that closed by itself."""
    say_farewell(conversation)
    conversation.state, conversation.closed_by = State.CLOSED, by
    conversation.closed_at = timezone.now()
    conversation.alarm_at = conversation.waiting_since = None
    event(conversation, "closed", by=by.pk if by else None)
    announce("closed", conversation)
    leave_entries(conversation)


def mark_read(conversation_id: int, seq: int, *, actor: Employee) -> None:
    """The actor has seen messages up to this number; only who is in it leaves marks."""
    conversation = access_conversation(actor, conversation_id)
    seen = min(seq, conversation.last_seq)
    rows = Participant.objects.filter(conversation=conversation, employee=actor, read_seq__lt=seen)
    if rows.update(read_seq=seen):
        tell(conversation, "read", {"seq": seen})


def _answered(conversation: Conversation) -> None:
    conversation.answered_at = conversation.answered_at or timezone.now()
    conversation.waiting_since = None
    conversation.last_at = timezone.now()
    clock.set_alarm(conversation)


def _take_to_answer(conversation: Conversation, actor: Employee) -> None:
    if conversation.state == State.QUEUED and is_member(actor, conversation.line):
        give(conversation, actor, what="taken")


def _require_open(conversation: Conversation) -> None:
    if conversation.state == State.CLOSED:
        raise Conflict(_("The conversation is closed."))


def _said(conversation: Conversation, key: str, text: str, actor: Employee) -> Message | None:
    if not key:
        return None
    found = conversation.messages.filter(client_key=key, author=actor).first()
    # Swallowed silently, a correction would be taken for delivered.
    if found is not None and found.text != kept_text(text.strip())[:MAX_TEXT]:
        raise Conflict(_("This message has been sent already, with another text."))
    return found


def _files(ids: Collection[int], actor: Employee) -> list[StoredFile]:
    files = files_by_id(actor, ids)
    if len(files) != len(set(ids)):
        raise Invalid({"files": [_("The file was not found.")]})
    return [files[pk] for pk in dict.fromkeys(ids)]  # in the order in which they were chosen


def _check_text(text: str, files: Collection[Any]) -> None:
    if not text.strip() and not files:
        raise Invalid({"text": [_("Write something.")]})
    if len(text) > MAX_TEXT:
        raise Invalid({"text": [_("The message is too long.")]})


def mark_read_by_customer(conversation: Conversation, seq: int) -> None:
    """The customer's window has shown messages up to this number."""
    seen = min(seq, conversation.last_seq)
    rows = Conversation.objects.filter(pk=conversation.pk, customer_read_seq__lt=seen)
    if rows.update(customer_read_seq=Greatest("customer_read_seq", seen)):
        tell(conversation, "customer_read", {"seq": seen})
