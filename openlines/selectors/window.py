"""What the chat window shows to its visitor: their own messages and the answers, no more."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Max
from django.urls import reverse

from openlines.models import Attachment, Channel, Conversation, Customer, Message
from svod.base.errors import NotFound

SHOWN = (Message.Kind.CUSTOMER, Message.Kind.OPERATOR, Message.Kind.AUTO)
PAGE = 100
FILE_LIFE = 3600
#: A ticket opens one stream; the stream itself lasts as long as the window.
TICKET_LIFE = 60
signer = TimestampSigner(salt="openlines.window")


def window_state(customer: Customer, *, after: int = 0) -> dict[str, Any]:
    """Messages with a larger id than `after` (the newest PAGE at the start), of all the
    customer's conversations, and how the last one stands."""
    rows = Message.objects.filter(conversation__customer=customer, kind__in=SHOWN, pk__gt=after)
    rows = rows.select_related("author").prefetch_related("attachments__file").order_by("-pk")
    talk = Conversation.objects.filter(customer=customer).order_by("-pk").first()
    return {
        "messages": [_drawn(one, customer) for one in reversed(rows[:PAGE])],
        **(_of_last(talk, customer) if talk else {"open": False}),
    }


def _of_last(talk: Conversation, customer: Customer) -> dict[str, Any]:
    seen = talk.participants.aggregate(seen=Max("read_seq"))["seen"] or 0
    last = talk.messages.filter(seq__lte=seen).order_by("-seq").first()
    is_open = talk.state != Conversation.State.CLOSED
    return {
        "open": is_open,
        "operator": talk.operator.get_short_name() if talk.operator else "",
        "read": last.pk if last else 0,
        "seen": _seen_by_customer(talk),
        "vote": talk.vote,
        "asks_vote": talk.line.asks_vote and not is_open,
        "asks_contact": is_open and not (customer.phone or customer.email),
    }


def _seen_by_customer(talk: Conversation) -> int:
    """The message up to which the window has shown them; earlier conversations count as seen."""
    unseen = talk.messages.filter(seq__gt=talk.customer_read_seq).order_by("seq")
    first = unseen.values_list("pk", flat=True).first()
    return first - 1 if first else talk.messages.aggregate(last=Max("pk"))["last"] or 0


def _drawn(message: Message, customer: Customer) -> dict[str, Any]:
    return {
        "id": message.pk,
        "mine": message.kind == Message.Kind.CUSTOMER,
        "author": message.author.get_short_name() if message.author else "",
        "text": message.text,
        "at": message.at.isoformat(),
        "key": message.external_id.removeprefix("key:") if message.external_id else "",
        "files": [_file(one, customer) for one in message.attachments.all()],
    }


def _file(attachment: Attachment, customer: Customer) -> dict[str, Any]:
    stored = attachment.file
    address = reverse("chat_window_file", args=[customer.channel.token, attachment.pk])
    key = file_key(attachment.pk, customer.pk)
    return {
        "name": stored.name,
        "size": stored.size,
        "url": f"{address}?key={key}",
        "picture": bool(stored.thumbnail),
    }


def file_key(attachment_id: int, customer_id: int) -> str:
    """What opens the file for FILE_LIFE seconds."""
    return signer.sign(f"file:{attachment_id}:{customer_id}")


def file_for(channel: Channel, attachment_id: int, key: str) -> Attachment:
    """The file of a message, for whoever was given its address an hour ago at most."""
    found = (
        Attachment.objects.filter(pk=attachment_id, message__conversation__channel=channel)
        .exclude(message__kind__in=[Message.Kind.NOTE, Message.Kind.SYSTEM])
        .select_related("file", "message__conversation")
        .first()
    )
    wanted = f"file:{attachment_id}:{found.message.conversation.customer_id}" if found else ""
    try:
        signed = signer.unsign(key, max_age=FILE_LIFE)
    except BadSignature:
        signed = ""
    if found is None or signed != wanted:
        raise NotFound
    return found


def stream_ticket(customer: Customer) -> str:
    return signer.sign(f"stream:{customer.pk}")


def customer_of_ticket(ticket: str) -> Customer:
    """Raises NotFound for one that is made up or older than a minute."""
    try:
        kind, _colon, pk = signer.unsign(ticket, max_age=TICKET_LIFE).partition(":")
    except BadSignature as error:
        raise NotFound from error
    found = Customer.objects.filter(pk=int(pk)).first() if kind == "stream" else None
    if found is None:
        raise NotFound
    return found
