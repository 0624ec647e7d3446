"""What a visitor of a web site does in the chat window. A visitor is known by a secret that
their browser made and keeps; the portal keeps its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openlines.chat_channels.base import Inbound, InboundFile
from openlines.models import Channel, Conversation, Customer, Message
from openlines.services.inbox import take_in
from openlines.services.messages import MAX_TEXT, NUL, event, kept_text, locked
from openlines.services.news import tell
from openlines.services.recognition import look_again
from svod.base.errors import Invalid, NotFound
from svod.base.limits import limit

SECRET = range(32, 129)
A_MINUTE = 30
#: Visitors who write for the first time, from one address: each of them makes rows.
STRANGERS_A_MINUTE = 20
FACTS = {"name": 200, "phone": 40, "email": 254}
WAYS = {"phone", "email"}


def window_of(token: str) -> Channel:
    """The chat window of this token. Raises NotFound for one that is switched off."""
    rows = Channel.objects.select_related("line__service_employee", "line__calendar")
    if NUL in token:
        raise NotFound
    found = rows.filter(token=token, kind="web", is_active=True, line__is_active=True).first()
    if found is None:
        raise NotFound
    return found


def customer_of(channel: Channel, secret: str) -> Customer | None:
    """The visitor, once they have written. Raises NotFound for what can be no secret."""
    rows = Customer.objects.filter(channel=channel, external_id=hash_of(secret))
    return rows.select_related("channel__line").first()


def hash_of(secret: str) -> str:
    if len(secret) not in SECRET or not secret.isascii():
        raise NotFound
    return hashlib.sha256(secret.encode()).hexdigest()


def check_pace(channel: Channel, secret: str, *, ip: str = "") -> None:
    """To be asked before anything of a message is read. Raises TooOften, NotFound."""
    limit(f"window:{channel.pk}:{hash_of(secret)}", A_MINUTE)
    if customer_of(channel, secret) is None:
        limit(f"window-new:{channel.pk}:{ip}", STRANGERS_A_MINUTE)


def write(
    channel: Channel,
    secret: str,
    text: str,
    *,
    key: str,
    files: Sequence[InboundFile] = (),
    facts: Mapping[str, str] | None = None,
) -> Message:
    """Keep what the visitor wrote; under the same key it is the message of then. Raises Invalid."""
    known = hash_of(secret)
    if not text.strip() and not files:
        raise Invalid({"text": [_("Write something.")]})
    if len(text) > MAX_TEXT:
        raise Invalid({"text": [_("The message is too long.")]})
    sent = Inbound(known, f"key:{key[:64]}", text.strip(), files, dict(facts or {}))
    return take_in(channel, sent)


def leave_question(
    channel: Channel,
    secret: str,
    text: str,
    *,
    key: str,
    facts: Mapping[str, str],
) -> Message:
    """Nobody is there: a question with a way to reach whoever asks. Raises Invalid."""
    given = _given(facts)
    if not (given["phone"] or given["email"]):
        raise Invalid({"phone": [_("Leave a phone number or an e-mail address.")]})
    page = {name: value for name, value in facts.items() if name not in given}
    return write(channel, secret, text, key=key, facts={**page, **given})


def _given(facts: Mapping[str, str]) -> dict[str, str]:
    """Name, phone and e-mail as they were told. Raises Invalid."""
    texts = {name: kept_text(str(facts.get(name, ""))).strip() for name in FACTS}
    given = {name: text[: FACTS[name]] for name, text in texts.items()}
    if given["email"]:
        try:
            validate_email(given["email"])
        except ValidationError as error:
            raise Invalid({"email": [_("Enter a valid e-mail address.")]}) from error
    return given


def introduce(customer: Customer, facts: Mapping[str, str]) -> None:
    """The visitor tells who they are; what they leave empty stays. Raises Invalid."""
    told = {name: value for name, value in _given(facts).items() if value}
    if not told or not (told.keys() & WAYS or customer.phone or customer.email):
        raise Invalid({"phone": [_("Leave a phone number or an e-mail address.")]})
    for name, value in told.items():
        setattr(customer, name, value)
    customer.save(update_fields=[*told])
    talk = open_conversation(customer)
    if talk:
        with transaction.atomic():
            event(locked(talk.pk), "introduced", **told)
            look_again(talk)


def typing(customer: Customer) -> None:
    """Told to the operators at once, kept nowhere."""
    talk = open_conversation(customer)
    if talk:
        tell(talk, "typing")


def open_conversation(customer: Customer) -> Conversation | None:
    rows = Conversation.objects.filter(customer=customer).exclude(state=Conversation.State.CLOSED)
    return rows.select_related("line", "operator").first()
