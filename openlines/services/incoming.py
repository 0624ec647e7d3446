"""Messages that other programs bring: a token in the address and, with a secret, a signature."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from openlines.chat_channels.base import Inbound, InboundFile
from openlines.models import Channel, Customer, Message
from openlines.sealed import NoSecret, secret_of
from openlines.services.inbox import take_in
from openlines.services.incoming_files import FILES_A_MESSAGE
from openlines.services.messages import MAX_TEXT, NUL, kept_text
from openlines.services.votes import LONGEST, VOTES, vote
from svod.base.errors import Forbidden, Invalid, NotFound
from svod.base.limits import limit
from workflows.channels.webhook import signature

A_MINUTE = 300
TOLERANCE = 300  # seconds
NAMES = {"name": 200, "phone": 40, "email": 254}
KEY, FACTS, FACT = 150, 20, 500


def channel_of(token: str, kind: str) -> Channel:
    """Raises NotFound for one that is switched off, or of another kind."""
    if NUL in token:
        raise NotFound
    rows = Channel.objects.select_related("line__service_employee", "line__calendar")
    found = rows.filter(token=token, kind=kind, is_active=True, line__is_active=True).first()
    if found is None:
        raise NotFound
    return found


def receive(channel: Channel, given: Mapping[str, Any]) -> Message:
    """One message of the other program's customer, under its `id` kept once; or, with `vote`,
    what they think of their last conversation. Raises Invalid, and NotFound for a vote of
    somebody who has never written.
    """
    if given.get("vote") is not None:
        return _vote(channel, given)
    return take_in(channel, _inbound(given))


def check(channel: Channel, body: bytes, headers: Mapping[str, str]) -> None:
    """Raises TooOften; Forbidden where the body is not signed as standardwebhooks.com has it."""
    limit(f"chat-hook:{channel.pk}", A_MINUTE)
    if not channel.sealed:
        return
    number, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    fresh = at.isdecimal() and abs(timezone.now().timestamp() - int(at[:12])) <= TOLERANCE
    try:
        right = signature(secret_of(channel), number, at, body)
    except NoSecret as error:
        raise Forbidden(_("The signature does not fit.")) from error
    given = headers.get("webhook-signature", "").encode()
    fits = any(hmac.compare_digest(one, right.encode()) for one in given.split())
    if not (fresh and fits):
        raise Forbidden(_("The signature does not fit."))


def _inbound(given: Mapping[str, Any]) -> Inbound:
    """Raises Invalid, with all that does not fit."""
    fields = _Fields(given)
    found = Inbound(
        customer=fields.text("customer", KEY, required=True),
        external_id=f"in:{fields.text('id', KEY, required=True)}",
        text=fields.text("text", MAX_TEXT).strip(),
        files=fields.read("files", _files) or (),
        facts={**(fields.read("facts", _facts) or {}), **fields.texts(NAMES)},
        at=fields.read("at", _moment),
        subject=fields.text("subject", 300),
    )
    if not (found.text or found.files or fields.errors):
        fields.errors["text"] = [str(_("Write something."))]
    if fields.errors:
        raise Invalid(fields.errors)
    return found


def _vote(channel: Channel, given: Mapping[str, Any]) -> Message:
    fields = _Fields(given)
    who = fields.text("customer", KEY, required=True)
    value, text = fields.read("vote", _voted), fields.text("vote_text", LONGEST)
    if fields.errors:
        raise Invalid(fields.errors)
    customer = Customer.objects.filter(channel=channel, external_id=kept_text(who)).first()
    if customer is None:
        raise NotFound
    return vote(customer, value, text)


class _Fields:
    """What was given by name, and what is wrong with it."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.errors: dict[str, list[str]] = {}

    def text(self, name: str, longest: int, *, required: bool = False) -> str:
        value = self.given.get(name)
        if value is None:
            value = ""
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # ids of other programs are numbers as often as texts
        if not isinstance(value, str) or len(value) > longest:
            told = _("A text of %(count)d characters at most.") % {"count": longest}
            self.errors[name] = [str(told)]
            return ""
        if required and not value.strip():
            self.errors[name] = [str(_("This field is required."))]
        return value

    def texts(self, lengths: Mapping[str, int]) -> dict[str, str]:
        found = {name: self.text(name, longest).strip() for name, longest in lengths.items()}
        return {name: value for name, value in found.items() if value}

    def read(self, name: str, parse: Callable[[Any], Any]) -> Any:
        value = self.given.get(name)
        try:
            return None if value is None else parse(value)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            self.errors[name] = [str(error) if isinstance(error, Wrong) else str(_("Not valid."))]
            return None


class Wrong(ValueError):
    """Its text is for whoever sent it."""


def _facts(value: Any) -> dict[str, str]:
    if len(value) > FACTS:
        raise Wrong(_("%(count)d values at most.") % {"count": FACTS})
    texts = {str(name): text for name, text in value.items() if isinstance(text, str)}
    if len(texts) < len(value):
        raise Wrong(_("Values must be texts."))
    return {name: text[:FACT] for name, text in texts.items()}


def _files(value: Any) -> list[InboundFile]:
    if not isinstance(value, list) or len(value) > FILES_A_MESSAGE:
        raise Wrong(_("%(count)d files at most.") % {"count": FILES_A_MESSAGE})
    return [_file(one) for one in value]


def _file(one: Mapping[str, Any]) -> InboundFile:
    name, content = one["name"], one["content"]
    if not (isinstance(name, str) and isinstance(content, str)):
        raise TypeError
    try:
        return InboundFile(name[:300], base64.b64decode(content, validate=True))
    except binascii.Error as error:
        raise Wrong(_("The content of a file must be base64.")) from error


def _voted(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in VOTES:
        raise Wrong(_("Choose from one to five."))
    return value


def _moment(value: Any) -> datetime:
    found = parse_datetime(value) if isinstance(value, str) else None
    if found is None:
        raise Wrong(_("A moment as in 2026-11-28T12:00:00+03:00."))
    return found if timezone.is_aware(found) else timezone.make_aware(found)
