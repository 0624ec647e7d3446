"""Answers go out in order, once where the channel says so, and wait for a channel that is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from openlines.chat_channels.base import ChannelKind, SendRefused, channel_kinds
from openlines.models import Channel, Message
from openlines.services import desk, sending
from tests.openlines.chat_world import chat

pytestmark = pytest.mark.django_db(transaction=True)


class Fake(ChannelKind):
    slug = "fake"
    label = "Fake"

    def __init__(self) -> None:
        self.got: list[str] = []
        self.trouble: Exception | None = None

    def send(self, channel, conversation, message):
        if self.trouble:
            raise self.trouble
        self.got.append(message.text)
        return {"external_id": f"out-{message.seq}"}


@pytest.fixture
def fake():
    kind = Fake()
    channel_kinds.register(kind)
    yield kind
    channel_kinds.unregister("fake")


@pytest.fixture
def world(fake):
    made = chat()
    Channel.objects.update(kind="fake")
    made.channel.refresh_from_db()
    made.write("Здравствуйте")
    return made


def send_all(later: int = 0) -> None:
    while sending.send_due(timezone.now() + timedelta(seconds=later)):
        pass


def test_in_the_order_in_which_they_were_said(world, fake):
    for number in range(5):
        desk.say(world.conversation().pk, f"Ответ {number}", actor=world.anna)
    send_all()
    assert fake.got == [f"Ответ {number}" for number in range(5)]
    assert not Message.objects.filter(state="new").exists()
    assert Message.objects.get(text="Ответ 4").external_id.startswith("out-")


def test_what_follows_waits_for_what_failed(world, fake):
    talk = world.conversation().pk
    fake.trouble = TimeoutError("away")
    desk.say(talk, "Первый", actor=world.anna)
    desk.say(talk, "Второй", actor=world.anna)
    sending.send_due()
    assert fake.got == []
    fake.trouble = None
    assert sending.send_due() == 0  # not before its pause is over
    send_all(later=3)
    assert fake.got == ["Первый", "Второй"]


def test_what_is_refused_is_told_and_the_rest_goes_on(world, fake):
    talk = world.conversation().pk
    fake.trouble = SendRefused("blocked")
    desk.say(talk, "Первый", actor=world.anna)
    sending.send_due()
    fake.trouble = None
    desk.say(talk, "Второй", actor=world.anna)
    send_all()
    assert fake.got == ["Второй"]
    refused = Message.objects.get(text="Первый")
    assert (refused.state, refused.error) == ("failed", "blocked")
