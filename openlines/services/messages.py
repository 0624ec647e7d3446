"""Writing into a conversation: always under its lock, so that numbers are an order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from lists_core.models import StoredFile
from openlines.chat_channels.base import channel_kinds
from openlines.models import Attachment, Conversation, Message
from openlines.services.news import tell_message
from staff.models import Employee
from svod.base.errors import NotFound
from svod.base.tasks import wake

MAX_TEXT = 10_000
NUL = "\0"
OUTWARD = {Message.Kind.OPERATOR, Message.Kind.AUTO}


def kept_text(given: str) -> str:
    """The text without what a database cannot keep: NUL, and halves of characters."""
    return given.replace(NUL, "").encode("utf-8", "replace").decode()


def locked(conversation_id: int) -> Conversation:
    """The conversation until the transaction ends. Raises NotFound."""
    rows = Conversation.objects.select_for_update(of=("self",))
    found = rows.select_related("line", "channel", "customer").filter(pk=conversation_id).first()
    if found is None:
        raise NotFound
    return found


def append(
    conversation: Conversation,
    kind: Message.Kind,
    text: str = "",
    *,
    author: Employee | None = None,
    files: Iterable[StoredFile] = (),
    **more: Any,
) -> Message:
    """The next message of a locked conversation. `more` are columns of Message.

    Saves the conversation with whatever the caller changed in it.
    """
    now = more.pop("at", None) or timezone.now()
    conversation.last_seq += 1
    conversation.last_at = now
    message = Message.objects.create(
        conversation=conversation,
        seq=conversation.last_seq,
        kind=kind,
        author=author,
        text=kept_text(text)[:MAX_TEXT],
        at=now,
        state=_state(conversation, kind),
        **more,
    )
    if message.state == Message.State.NEW:
        conversation.send_at = conversation.send_at or now
        wake("openlines.send")
    Attachment.objects.bulk_create(Attachment(message=message, file=file) for file in files)
    conversation.save()
    tell_message(conversation, message)
    return message


def event(conversation: Conversation, what: str, **data: Any) -> Message:
    """Something that happened to the conversation, shown among its messages."""
    return append(conversation, Message.Kind.SYSTEM, data={"what": what, **data})


def _state(conversation: Conversation, kind: Message.Kind) -> Message.State:
    pulled = channel_kinds.get(conversation.channel.kind).is_pulled
    return Message.State.NEW if kind in OUTWARD and not pulled else Message.State.SENT
