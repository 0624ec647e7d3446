"""Channels that are asked: a slow one holds up nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from openlines.chat_channels.base import ChannelKind, channel_kinds
from openlines.models import Channel
from openlines.services import others, reading
from openlines.services.lines import create_channel
from tests.openlines.chat_world import chat

pytestmark = pytest.mark.django_db(transaction=True)


class Asked(ChannelKind):
    slug = "asked"
    label = "Asked"
    is_read = True
    read_every = timedelta(milliseconds=20)

    def __init__(self) -> None:
        self.quick = self.seen = 0

    def read(self, channel: Channel) -> int:
        if channel.name == "quick":
            self.quick += 1
            return 0
        end = time.monotonic() + 3
        while self.quick < 3 and time.monotonic() < end:
            time.sleep(0.01)
        self.seen = self.seen or self.quick  # of its first reading
        return 0


@pytest.fixture
def asked() -> Iterator[Asked]:
    kind = Asked()
    channel_kinds.register(kind)
    yield kind
    channel_kinds.unregister("asked")


def test_others_are_asked_again_while_a_slow_one_takes_its_time(asked, monkeypatch):
    monkeypatch.setattr(others, "LOOK", 0.02)
    world = chat()
    for name in ("slow", "quick"):
        create_channel(world.line, "asked", name, actor=world.boss)
    assert reading.read_due() >= 4
    assert asked.seen >= 3
    assert not Channel.objects.filter(kind="asked", read_at=None).exists()
