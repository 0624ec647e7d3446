"""What customers think of a conversation: a number from 1 to 5 and, where they have some, words."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from openlines.chat_channels.base import channel_kinds
from openlines.models import Conversation, Customer, Message
from openlines.services.messages import append, event, kept_text, locked
from svod.base.errors import Invalid, NotFound

VOTES = range(1, 6)
LONGEST = 2000
#: In `Message.data` of the question, for the channel that sends it.
ASKS = "asks_vote"
KEY_DAYS = 60
signer = TimestampSigner(salt="openlines.vote")


def vote(
    customer: Customer, value: int, text: str = "", *, conversation_id: int | None = None
) -> Message:
    """A vote on that conversation of the customer (the last one), open or closed; a later one
    replaces it. Raises Invalid, NotFound."""
    if value not in VOTES:
        raise Invalid({"value": [_("Choose from one to five.")]})
    rows = Conversation.objects.filter(customer=customer)
    rows = rows.filter(pk=conversation_id) if conversation_id else rows.order_by("-pk")
    pk = rows.values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound
    with transaction.atomic():
        talk = locked(pk)
        talk.vote, talk.vote_text = value, kept_text(text).strip()[:LONGEST]
        words = {"text": talk.vote_text} if talk.vote_text else {}
        return event(talk, "voted", value=value, **words)


def say_farewell(conversation: Conversation) -> None:
    """The line's text to the customer of a locked conversation that closes, and the question how
    it was, where the channel asks by a message."""
    line, kind = conversation.line, channel_kinds.get(conversation.channel.kind)
    way = kind.asks_vote_by if line.asks_vote else ""
    if line.close_text:
        data = {ASKS: True} if way == "farewell" else {}
        append(conversation, Message.Kind.AUTO, line.close_text, data=data)
    if way == "question":
        append(conversation, Message.Kind.AUTO, question(conversation), data={ASKS: True})


def question(conversation: Conversation) -> str:
    with override(language_of(conversation.customer)):
        return gettext("How did we help you?")


def key_of(conversation: Conversation) -> str:
    """What opens the page of a vote on it for KEY_DAYS days, for whoever was given it."""
    return signer.sign(str(conversation.pk))


def conversation_of(key: str) -> Conversation:
    """Raises NotFound for a key that is made up or too old."""
    try:
        pk = int(signer.unsign(key, max_age=timedelta(days=KEY_DAYS)))
    except BadSignature as error:
        raise NotFound from error
    found = Conversation.objects.filter(pk=pk).select_related("customer", "line").first()
    if found is None:
        raise NotFound
    return found


def language_of(customer: Customer) -> str:
    """The customer's, where the portal speaks it."""
    told = str(customer.facts.get("language", ""))[:2].lower()
    return told if told in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
