"""Each kind of channel with the other side of it, so that one test asks the same of all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client

from openlines.chat_channels.base import channel_kinds
from openlines.models import Channel
from openlines.services.lines import create_channel
from openlines.services.reading import read_channel
from tests.openlines.chat_world import Chat
from tests.openlines.fake_mail import LOGIN, PASSWORD, FakeMail, letter
from tests.openlines.fake_servers import TOKEN, FakeProgram, FakeTelegram, served


class Rig:
    """One channel and its customer. `settings` and `secret` are what the form is given."""

    slug = ""
    secret = ""

    def __init__(self, world: Chat, fake: Any = None) -> None:
        self.fake = fake
        self.world = world
        self.channel = self.make(world)

    @property
    def settings(self) -> dict[str, Any]:
        return {}

    def make(self, world: Chat) -> Channel:
        form = channel_kinds.get(self.slug).SettingsForm({**self.settings, "secret": self.secret})
        assert form.is_valid(), form.errors
        kept = {name: value for name, value in form.cleaned_data.items() if name != "secret"}
        json.dumps(kept)  # what a channel keeps is JSON
        return create_channel(
            world.line, self.slug, self.slug, actor=world.boss, settings=kept, secret=self.secret
        )

    def comes(self, text: str, key: str) -> None:
        """The customer writes; under one key it is one message, however often it comes."""
        raise NotImplementedError

    def got(self) -> list[str]:
        """The texts that the customer has."""
        raise NotImplementedError

    def refuse(self) -> None:
        """The other side never takes anything any more."""
        raise NotImplementedError

    def fail_once(self) -> None:
        """The other side is away for one call, or until it works again."""
        raise NotImplementedError

    def work_again(self) -> None:
        pass


class WebRig(Rig):
    slug = "web"
    settings = {"origins": "https://shop.example", "title": "Чат", "color": "#2b53c6"}

    def client(self) -> Client:
        return Client(headers={"x-svod-visitor": "v" * 40})

    def comes(self, text: str, key: str) -> None:
        url = f"/chat/w/{self.channel.token}/messages/"
        assert self.client().post(url, {"text": text, "key": key}).status_code == 200

    def got(self) -> list[str]:
        shown = self.client().get(f"/chat/w/{self.channel.token}/messages/").json()["messages"]
        return [one["text"] for one in shown if not one["mine"]]


class TelegramRig(Rig):
    slug = "telegram"
    secret = TOKEN

    @property
    def settings(self) -> dict[str, Any]:
        return {"address": self.fake.url}

    def comes(self, text: str, key: str) -> None:
        number = 500 + sum(map(ord, key))
        self.fake.write(message_id=number, text=text)
        read_channel(self.channel)

    def got(self) -> list[str]:
        return [what for _chat, _method, what in self.fake.got]

    def refuse(self) -> None:
        self.fake.blocked.add("7")

    def fail_once(self) -> None:
        self.fake.trouble.append((502, {}))


class WebhookRig(Rig):
    slug = "webhook"
    secret = ""

    @property
    def settings(self) -> dict[str, Any]:
        return {"url": f"{self.fake.url}/answers"}

    def comes(self, text: str, key: str) -> None:
        body = json.dumps({"id": key, "customer": "c-1", "text": text})
        url = f"/chat/in/{self.channel.token}/"
        answer = Client().post(url, body, content_type="application/json")
        assert answer.status_code == 200, answer.content

    def got(self) -> list[str]:
        return [one["text"] for one in self.fake.got]

    def refuse(self) -> None:
        self.fake.status = 410

    def fail_once(self) -> None:
        self.fake.status = 503

    def work_again(self) -> None:
        self.fake.status = 200


class EmailRig(Rig):
    slug = "email"
    secret = PASSWORD

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "address": LOGIN, "folder": "INBOX", "imap_host": "127.0.0.1",
            "imap_port": self.fake.imap.port, "imap_security": "none", "smtp_host": "127.0.0.1",
            "smtp_port": self.fake.smtp.port, "smtp_security": "none",
        }  # fmt: skip

    def make(self, world: Chat) -> Channel:
        channel = super().make(world)
        read_channel(channel)  # from here on
        return channel

    def comes(self, text: str, key: str) -> None:
        self.fake.imap.put(letter(text, Message_ID=f"<{key}@client.example>"))
        read_channel(self.channel)

    def got(self) -> list[str]:
        return [one.get_content().strip() for _to, one in self.fake.smtp.letters]

    def refuse(self) -> None:
        self.fake.smtp.answers["RCPT"] = b"550 no such mailbox"

    def fail_once(self) -> None:
        self.fake.smtp.answers["DATA"] = b"451 later"

    def work_again(self) -> None:
        self.fake.smtp.answers.clear()


FAKES: dict[str, Callable[[], Any] | None] = {
    "web": None,
    "telegram": FakeTelegram,
    "webhook": FakeProgram,
    "email": FakeMail,
}
RIGS: dict[str, type[Rig]] = {rig.slug: rig for rig in (WebRig, TelegramRig, WebhookRig, EmailRig)}


@contextmanager
def rigged(slug: str, world: Chat, settings: Any) -> Iterator[Rig]:
    """The kind's channel in a world, its other side running."""
    kind = FAKES[slug]
    if kind is None:
        yield RIGS[slug](world)
        return
    with served(kind, settings) as fake:
        yield RIGS[slug](world, fake)
