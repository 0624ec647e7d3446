"""Conversations from the first message to the closing."""

from __future__ import annotations

import threading
from datetime import timedelta
from time import monotonic

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from openlines.models import Conversation, LineMember, Message
from openlines.selectors.desk import (
    access_conversation,
    messages_for_customer,
    messages_of,
    visible_conversations,
)
from openlines.services import alarms, desk, news
from openlines.services.lines import set_members, switch_channel
from openlines.services.messages import locked
from openlines.services.reopening import reopen
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from tests.openlines.chat_world import chat, person

pytestmark = pytest.mark.django_db
State = Conversation.State


def test_a_message_opens_a_conversation_and_the_next_goes_into_it():
    world = chat(greeting="Здравствуйте!")
    first = world.write("Сколько стоит?")
    second = world.write("Ау")
    assert first.conversation_id == second.conversation_id
    shown = [(one.kind, one.text) for one in messages_for_customer(world.conversation())]
    assert shown == [("customer", "Сколько стоит?"), ("auto", "Здравствуйте!"), ("customer", "Ау")]
    numbers = [one.seq for one in messages_of(world.conversation())]
    assert numbers == list(range(1, len(numbers) + 1))


def test_portions_after_a_number_leave_no_gap(monkeypatch):
    """Whoever was away for long asks portion after portion, from where they stopped."""
    monkeypatch.setattr("openlines.selectors.desk.PORTION", 2)
    world = chat(queue="all")
    for number in range(5):
        world.write(f"{number}")
    talk = world.conversation()
    everything = list(talk.messages.order_by("seq").values_list("seq", flat=True))
    asked = [messages_of(talk, after=seq) for seq in range(0, len(everything), 2)]
    assert [one.seq for portion in asked for one in portion] == everything
    assert [one.seq for one in messages_of(talk)] == everything[-2:]
    assert [one.seq for one in messages_of(talk, before=everything[-2])] == everything[-4:-2]


def test_what_comes_twice_is_kept_once():
    world = chat()
    first = world.write("Привет", external_id="same")
    assert world.write("Привет", external_id="same").pk == first.pk
    assert Message.objects.filter(kind="customer").count() == 1


class Elsewhere(threading.Thread):
    """The customer writes once more, on a connection of its own."""

    def __init__(self, world) -> None:
        super().__init__()
        self.world = world

    def run(self) -> None:
        self.world.write("Ау")
        connection.close()

    def waits(self) -> bool:
        """Whether it stands before a lock of this connection; false when that takes too long."""
        ask = """SELECT count(*) FROM pg_locks
                 WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"""
        end, found = monotonic() + 10, 0
        while not found and monotonic() < end:
            with connection.cursor() as cursor:
                cursor.execute(ask)
                (found,) = cursor.fetchone()
        return bool(found)


@pytest.mark.django_db(transaction=True)
def test_a_message_that_waits_for_its_conversation_holds_nothing_that_others_need():
    """An answer that counts a quick reply holds the conversation and asks for the line's row."""
    world = chat()
    world.write("Привет")
    other = Elsewhere(world)
    with transaction.atomic():
        locked(world.conversation().pk)
        other.start()
        assert other.waits()
        with connection.cursor() as cursor:  # what the check of a foreign key asks
            cursor.execute("SELECT id FROM openlines_line FOR KEY SHARE NOWAIT")
            cursor.execute("SELECT id FROM openlines_channel FOR KEY SHARE NOWAIT")
    other.join()
    assert Message.objects.filter(kind="customer").count() == 2


def test_evenly_gives_to_whoever_waited_longest():
    world = chat(queue="evenly")
    for number in range(4):
        world.write("Здравствуйте", f"c{number}")
    got = [world.conversation(f"c{number}").operator for number in range(4)]
    assert got == [world.anna, world.petr, world.anna, world.petr]


def test_strictly_gives_to_the_first_until_they_are_full():
    world = chat(queue="strictly", at_once=2)
    for number in range(5):
        world.write("Здравствуйте", f"c{number}")
    got = [world.conversation(f"c{number}").operator for number in range(5)]
    assert got == [world.anna, world.anna, world.petr, world.petr, None]


def test_to_all_waits_until_somebody_takes_it_and_one_does():
    world = chat(queue="all")
    world.write("Здравствуйте")
    talk = world.conversation()
    assert talk.state == State.QUEUED
    desk.take(talk.pk, actor=world.petr)
    with pytest.raises(NotFound):  # it is no longer in the queue, so others do not see it
        desk.take(talk.pk, actor=world.anna)


def test_answers_go_to_the_customer_and_notes_do_not():
    world = chat()
    world.write("Сколько стоит?")
    talk = world.conversation()
    desk.say(talk.pk, "Сейчас спрошу", actor=world.anna, client_key="k1")
    desk.say(talk.pk, "Сейчас спрошу", actor=world.anna, client_key="k1")
    desk.say(talk.pk, "Он уже спрашивал вчера", actor=world.anna, note=True)
    texts = [one.text for one in messages_for_customer(talk)]
    assert texts == ["Сколько стоит?", "Сейчас спрошу"]
    talk = world.conversation()
    assert talk.waiting_since is None
    assert talk.answered_at is not None


def test_transfer_invite_leave_close():
    world = chat()
    world.write("Здравствуйте")
    talk = world.conversation()
    desk.transfer(talk.pk, actor=world.anna, to=world.petr)
    with pytest.raises(Forbidden):
        desk.say(talk.pk, "Я снова", actor=world.anna)
    with pytest.raises(Invalid):
        desk.transfer(talk.pk, actor=world.petr, to=world.other)
    desk.invite(talk.pk, world.other, actor=world.petr)
    desk.say(talk.pk, "Я из цеха", actor=world.other)
    desk.leave(talk.pk, actor=world.other)
    with pytest.raises(NotFound):
        access_conversation(world.other, talk.pk)
    with pytest.raises(Conflict):
        desk.leave(talk.pk, actor=world.petr)
    desk.close(talk.pk, actor=world.petr)
    with pytest.raises(Conflict):
        desk.say(talk.pk, "Ещё", actor=world.petr)
    world.write("Я вернулся")
    assert world.conversation().pk != talk.pk


def test_a_closed_one_is_opened_again_to_write_to_its_customer():
    world = chat(close_after_minutes=30)
    world.write("Привет")
    talk = world.conversation()
    desk.say(talk.pk, "Здравствуйте", actor=world.anna)
    desk.close(talk.pk, actor=world.anna)
    later = timezone.now() + timedelta(days=3)
    with time_machine.travel(later, tick=False):
        for stranger, refusal in ((world.other, NotFound), (world.petr, NotFound)):
            with pytest.raises(refusal):
                reopen(talk.pk, actor=stranger)
        reopen(talk.pk, actor=world.anna)
        assert alarms.look() == 0  # its silence is counted anew
        desk.say(talk.pk, "Забыла сказать", actor=world.anna)
    talk.refresh_from_db()
    assert (talk.state, talk.operator, talk.closed_at) == (State.ACTIVE, world.anna, None)
    assert reopen(talk.pk, actor=world.boss).operator == world.anna  # open: it stays as it is
    assert world.write("Спасибо").conversation_id == talk.pk
    set_members(world.line, [world.petr], [world.boss], actor=world.boss)
    desk.close(talk.pk, actor=world.boss)
    with pytest.raises((NotFound, Forbidden)):
        reopen(talk.pk, actor=world.anna)  # of the line no more


def test_one_is_not_opened_again_beside_another_or_where_nothing_is_sent():
    world = chat()
    world.write("Привет")
    talk = world.conversation()
    desk.close(talk.pk, actor=world.anna)
    world.write("И ещё")
    with pytest.raises(Conflict):
        reopen(talk.pk, actor=world.anna)
    last = world.conversation()
    desk.close(last.pk, actor=world.boss)
    with pytest.raises(Conflict):  # what came last is what the customer sees
        reopen(talk.pk, actor=world.anna)
    desk.close(reopen(last.pk, actor=world.boss).pk, actor=world.boss)
    switch_channel(world.channel, actor=world.boss, is_active=False)
    with pytest.raises(Conflict):
        reopen(last.pk, actor=world.boss)


def test_whoever_it_leaves_only_reads():
    world = chat(no_answer_to="next")
    world.write("Здравствуйте")
    talk = world.conversation()
    alarms.look(timezone.now() + timedelta(minutes=6))
    assert world.conversation().operator == world.petr
    refused(talk, world.anna)
    desk.take(talk.pk, actor=world.boss)
    refused(talk, world.petr)
    desk.transfer(talk.pk, actor=world.boss, to=world.anna)
    LineMember.objects.filter(employee=world.anna).update(is_paused=True)
    desk.transfer(talk.pk, actor=world.boss)
    assert world.conversation().operator == world.petr
    refused(talk, world.anna)


def refused(talk: Conversation, actor: Employee) -> None:
    for act in (lambda: desk.say(talk.pk, "Я тут", actor=actor),
                lambda: desk.close(talk.pk, actor=actor)):  # fmt: skip
        with pytest.raises(Forbidden):
            act()


def test_desks_that_it_leaves_hear_of_it(monkeypatch):
    world = chat(queue="all")
    world.write("Здравствуйте")
    talk = world.conversation().pk
    gone: list[list[int]] = []
    monkeypatch.setattr(
        news, "publish", lambda to, _kind, data: data["what"] == "gone" and gone.append(to)
    )
    desk.take(talk, actor=world.anna)
    desk.transfer(talk, actor=world.anna, to=world.petr)
    assert gone == [[world.petr.pk], [world.anna.pk]]


def test_who_sees_what():
    world = chat(queue="all")
    world.write("Здравствуйте")
    talk = world.conversation()
    seen = {
        who: visible_conversations(getattr(world, who)).filter(pk=talk.pk).exists()
        for who in ("boss", "anna", "petr", "other")
    }
    assert seen == {"boss": True, "anna": True, "petr": True, "other": False}
    desk.take(talk.pk, actor=world.anna)
    assert not visible_conversations(world.petr).exists()
    assert visible_conversations(world.anna).exists()
    head = person("head")
    set_members(world.line, [world.petr], [head, world.boss], actor=world.boss)
    assert visible_conversations(head).exists()
    assert not visible_conversations(world.anna).filter(state="queued").exists()
    assert LineMember.objects.filter(line=world.line).count() == 3


def test_a_transcript_is_read_page_by_page_to_its_end(monkeypatch, client):
    monkeypatch.setattr("openlines.selectors.customers.PAGE", 2)
    world = chat(queue="all")
    for number in range(3):
        world.write(f"Слово {number}")
    talk = world.conversation()
    client.force_login(world.anna)
    address, said = f"/chat/{talk.pk}/transcript/", []
    after = 0
    while after is not None:
        page = client.get(address, {"after": after})
        said += [one.seq for one in page.context["said"]]
        more = page.context["more"]
        assert (f"{address}?after={more}" in page.content.decode()) is bool(more)
        after = more or None
    assert said == list(talk.messages.order_by("seq").values_list("seq", flat=True))
    assert len(said) > 2
    assert client.get(address, {"after": "x"}).context["said"][0].seq == said[0]
