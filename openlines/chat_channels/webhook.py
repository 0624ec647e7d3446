"""Any other program: it posts its customers' messages, and answers are posted to it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openlines.chat_channels.base import (
    ChannelKind,
    ChannelSettings,
    SendRefused,
    TryLater,
    channel_kinds,
)
from openlines.models import Channel, Conversation, Message
from openlines.sealed import secret_of
from openlines.selectors.window import file_key
from openlines.services.votes import ASKS
from svod.base.outside import AddressRefused, Answer, Unreachable, call, checked_url
from workflows.channels.webhook import signature

SHORTEST = 16
AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.CONFLICT}


class WebhookSettings(ChannelSettings):
    url = forms.CharField(
        label=_("Where answers go"),
        required=False,
        max_length=500,
        widget=forms.URLInput({"placeholder": "https://messenger.example/answers"}),
        help_text=_(
            "The portal posts every answer there as JSON. Without it customers can only write."
        ),
    )
    secret = forms.CharField(
        label=_("Secret of signatures"),
        required=False,
        max_length=200,
        validators=[MinLengthValidator(SHORTEST)],
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_(
            "Messages both ways are signed with it (HMAC-SHA256, as standardwebhooks.com has "
            "it). Without it whoever knows the address may write. It is never shown again."
        ),
    )

    def clean_url(self) -> str:
        given = str(self.cleaned_data["url"]).strip()
        try:
            if given:
                checked_url(given)
        except AddressRefused as error:
            raise ValidationError(str(error)) from error
        return given


@channel_kinds.register
class Webhook(ChannelKind):
    slug = "webhook"
    label = _("Another program (webhook)")
    about = _("It posts what customers write to an address here, and takes the answers.")
    icon = "webhook"
    asks_vote_by = "farewell"
    SettingsForm = WebhookSettings

    def public_path(self, channel: Channel) -> str:
        return reverse("chat_hook", args=[channel.token])

    def send(
        self, channel: Channel, conversation: Conversation, message: Message
    ) -> Mapping[str, Any]:
        url = channel.settings.get("url")
        if not url:
            raise SendRefused(_("The channel has no address for answers."))
        body = json.dumps(body_of(channel, conversation, message), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Svod"}
        try:
            answer = call("POST", url, body=body, headers=headers | signed(channel, message, body))
        except AddressRefused as error:
            raise SendRefused(str(error)) from error
        return _taken(answer)


def body_of(channel: Channel, conversation: Conversation, message: Message) -> dict[str, Any]:
    author = message.author.get_short_name() if message.author else ""
    return {
        "id": str(message.pk),
        "conversation": conversation.pk,
        "customer": conversation.customer.external_id,
        "text": message.text,
        "author": author,
        "at": message.at.isoformat(),
        "files": _files(channel, conversation, message),
        "asks_vote": bool(message.data.get(ASKS)),
    }


def _files(channel: Channel, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
    """With addresses that open for an hour."""
    found = []
    for one in message.attachments.select_related("file").order_by("pk"):
        path = reverse("chat_hook_file", args=[channel.token, one.pk])
        key = file_key(one.pk, conversation.customer_id)
        url = f"{settings.PORTAL_URL.rstrip('/')}{path}?key={key}"
        found.append({"name": one.file.name, "size": one.file.size, "url": url})
    return found


def signed(channel: Channel, message: Message, body: bytes) -> dict[str, str]:
    """The id by which a repeat is known, the time and, with a secret, the signature."""
    key, now = f"msg-{message.pk}", str(int(time.time()))
    headers = {"webhook-id": key, "webhook-timestamp": now}
    if channel.sealed:
        headers["webhook-signature"] = signature(secret_of(channel), key, now, body)
    return headers


def _taken(answer: Answer) -> Mapping[str, Any]:
    """What the other program calls the message. Raises SendRefused, TryLater, Unreachable."""
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _named(answer)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = answer.headers.get("retry-after", "")
        raise TryLater(int(wait) if wait.isdecimal() else 10)
    if status in AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"HTTP {status}")
    raise SendRefused(f"HTTP {status}: {answer.text[:200]}")


def _named(answer: Answer) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    name = said.get("id") if isinstance(said, dict) else None
    return {"external_id": f"out:{name}"} if isinstance(name, str | int) else {}
