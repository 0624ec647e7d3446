"""What a kind of channel is: how messages come in and how answers go out.

    @channel_kinds.register
    class Telegram(ChannelKind):
        slug = "telegram"

Whatever the way, what came in goes through `services.inbox.take_in`, once for each
`external_id`; what goes out comes to `send` in the order of the conversation, at least once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise

from svod.base.registry import Registry

if TYPE_CHECKING:
    from openlines.models import Channel, Conversation, Message


@dataclass(frozen=True)
class InboundFile:
    name: str
    content: bytes


@dataclass(frozen=True)
class Inbound:
    """One message of a customer. `customer` is the channel's id of them; `facts` may hold
    `name`, `phone`, `email` and whatever else the channel tells (texts)."""

    customer: str
    external_id: str
    text: str = ""
    files: Sequence[InboundFile] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None


class SendRefused(Exception):
    """The channel will never take this message; the text is shown to the operator."""


class ChannelSettings(forms.Form):
    """A kind's own settings; `secret` goes to the vault, the rest to `Channel.settings`."""


class ChannelKind:
    """One kind of channel."""

    slug: str = ""
    label: str | Promise = ""
    icon: str = "message-circle"
    SettingsForm: type[ChannelSettings] = ChannelSettings
    #: Answers wait in the portal until the customer's program takes them: nothing is sent.
    is_pulled = False
    #: Someone has to ask the other side for news (`read`); false where it comes by itself.
    is_read = False
    #: The customer sees that an answer is being typed.
    shows_typing = False

    def send(
        self, channel: Channel, conversation: Conversation, message: Message
    ) -> Mapping[str, Any]:
        """Give an answer to the customer; returns `external_id` if the channel has one.

        Raises SendRefused, or anything else to be tried again.
        """
        raise NotImplementedError(f"{type(self).__name__} sends nothing")

    def read(self, channel: Channel) -> int:
        """Take in what has come since `channel.position`; returns how many messages."""
        raise NotImplementedError(f"{type(self).__name__} is not read")


channel_kinds: Registry[ChannelKind] = Registry("channel kind")
