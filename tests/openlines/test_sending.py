"""Answers go out in order, once where the channel says so, and wait for a channel that is away."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from django_celery_beat.schedulers import ModelEntry

from openlines import tasks
from openlines.chat_channels.base import ChannelKind, SendRefused, channel_kinds
from openlines.models import Channel, Conversation, Message
from openlines.services import desk, lines, sending
from tests.openlines.chat_world import chat

pytestmark = pytest.mark.django_db(transaction=True)


class Fake(ChannelKind):
    slug = "fake"
    label = "Fake"

    def __init__(self) -> None:
        self.got: list[str] = []
        self.trouble: Exception | None = None
        self.meanwhile = lambda: None

    def send(self, channel, conversation, message):
        if self.trouble:
            raise self.trouble
        if message.text == "Медленный":
            self.meanwhile()
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


def test_a_slow_answer_goes_once_and_what_is_said_meanwhile_overtakes_it(world, fake, monkeypatch):
    monkeypatch.setattr(sending, "LEASE", timedelta())  # over long before the slow one is done
    world.write("Ау", "c2")
    other = world.conversation("c2")

    def meanwhile() -> None:
        desk.say(other.pk, "Быстрый", actor=other.operator)
        end = time.monotonic() + 3
        while "Быстрый" not in fake.got and time.monotonic() < end:
            time.sleep(0.01)

    fake.meanwhile = meanwhile
    desk.say(world.conversation("c1").pk, "Медленный", actor=world.anna)
    sending.send_due()
    assert fake.got == ["Быстрый", "Медленный"]


def test_no_more_are_leased_than_are_sent_at_once(world, fake, monkeypatch):
    monkeypatch.setattr(sending, "SENDERS", 2)
    leased: list[int] = []
    fake.meanwhile = lambda: leased.append(
        Conversation.objects.filter(send_at__gt=timezone.now()).count()
    )
    for number in range(5):
        world.write("Ау", f"c{number}")
        desk.say(world.conversation(f"c{number}").pk, "Медленный", actor=world.boss)
    sending.send_due()
    assert len(leased) == len(fake.got) == 5
    assert max(leased) <= 2


@pytest.mark.parametrize("where", ["channel off", "channel deleted", "line deleted"])
def test_what_is_off_or_deleted_sends_nothing(world, fake, where):
    desk.say(world.conversation().pk, "Ответ", actor=world.anna)
    {
        "channel off": lambda: lines.switch_channel(
            world.channel, actor=world.boss, is_active=False
        ),
        "channel deleted": lambda: lines.delete_channel(world.channel, actor=world.boss),
        "line deleted": lambda: lines.delete_line(world.line, actor=world.boss),
    }[where]()
    send_all()
    assert fake.got == []
    refused = Message.objects.get(text="Ответ")
    assert refused.state == "failed"
    assert refused.error


def test_one_task_sends_at_a_time_and_nothing_else_does(world, fake, monkeypatch):
    desk.say(world.conversation().pk, "Ответ", actor=world.anna)
    tasks.work()
    assert fake.got == []
    begun: list[int] = []

    def another() -> None:
        begun.append(1)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()

    def elsewhere() -> None:
        if len(begun) == 1:
            tasks.send()
        connections.close_all()

    with monkeypatch.context() as patched:
        patched.setattr(sending, "send_due", another)
        tasks.send()
    assert begun == [1]
    tasks.send()
    assert fake.got == ["Ответ"]


def test_beat_heaps_up_nothing_where_workers_are_busy():
    rows = settings.CELERY_BEAT_SCHEDULE.values()
    kept = [(row["schedule"], ModelEntry.from_entry(row["task"], **row)) for row in rows]
    assert len(kept) > 20
    for every, entry in kept:
        assert entry.options["expires"] == max(5, every.total_seconds())
