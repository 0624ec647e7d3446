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
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise

from svod.base.registry import Registry

if TYPE_CHECKING:
    from openlines.models import Channel, Conversation, Message


@dataclass(frozen=True)
class InboundFile:
    """`content` is the bytes, or an upload that is read piece by piece when it is kept."""

    name: str
    content: bytes | UploadedFile[Any]


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
    #: Of a letter; shown above its text.
    subject: str = ""


class SendRefused(Exception):
    """The channel will never take this message; the text is shown to the operator."""


class TryLater(Exception):
    """The other side asks to be left alone for so many seconds; that counts as no try."""

    def __init__(self, seconds: float) -> None:
        self.seconds = min(max(1.0, seconds), 3600.0)
        super().__init__(f"The other side asks to wait for {self.seconds:.0f} s")


class ChannelSettings(forms.Form):
    """A kind's own settings; `secret` goes to the vault, the rest to `Channel.settings`.

    With `keeps_secret` (a channel that has one) an empty `secret` means the one it has.
    """

    def __init__(self, *args: Any, keeps_secret: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if keeps_secret and "secret" in self.fields:
            self.fields["secret"].required = False


class ChannelKind:
    """One kind of channel."""

    slug: str = ""
    label: str | Promise = ""
    icon: str = "message-circle"
    #: What an administrator chooses it for, in a line of text.
    about: str | Promise = ""
    #: A template that tells how to connect the other side, on the channel's page. It gets
    #: `channel`, `line` and `portal`, the portal's own address without a slash at its end.
    setup_template: str = ""
    SettingsForm: type[ChannelSettings] = ChannelSettings
    #: Answers wait in the portal until the customer's program takes them: nothing is sent.
    is_pulled = False
    #: Someone has to ask the other side for news (`read`); false where it comes by itself.
    is_read = False
    read_every = timedelta(seconds=2)
    #: How a vote is asked when a conversation closes (`services.votes`): "question" is a message
    #: of its own, "farewell" goes with the line's text of farewell; "" needs no message.
    asks_vote_by: Literal["", "question", "farewell"] = ""
    #: The customer sees that an answer is being typed.
    shows_typing = False

    def public_path(self, channel: Channel) -> str:
        """Where the other side reaches this channel, "" when it never comes by itself."""
        return ""

    def send(
        self, channel: Channel, conversation: Conversation, message: Message
    ) -> Mapping[str, Any]:
        """Give an answer to the customer; returns `external_id` if the channel has one.

        Raises SendRefused, TryLater, or anything else to be tried again. Answers of several
        pieces go through `services.parts.send_parts`, so that none goes twice.
        """
        raise NotImplementedError(f"{type(self).__name__} sends nothing")

    def read(self, channel: Channel) -> int:
        """Take in what has come since `channel.position`; returns how many messages."""
        raise NotImplementedError(f"{type(self).__name__} is not read")


channel_kinds: Registry[ChannelKind] = Registry("channel kind")
