"""No answer, silence, hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from openlines.models import Conversation, Message
from openlines.selectors.desk import messages_for_customer
from openlines.services import alarms, desk
from openlines.services.lines import delete_line, restore_line
from staff.models import Notification
from tests.openlines.chat_world import chat

pytestmark = pytest.mark.django_db


def later(minutes: int) -> None:
    alarms.look(timezone.now() + timedelta(minutes=minutes))


def test_no_answer_goes_to_the_next_and_the_supervisor_hears_of_it():
    world = chat(no_answer_minutes=5, no_answer_text="Ещё минуту")
    world.write("Ау")
    assert world.conversation().operator == world.anna
    later(4)
    assert world.conversation().operator == world.anna
    later(6)
    assert world.conversation().operator == world.petr
    assert [one.text for one in messages_for_customer(world.conversation())] == [
        "Ау",
        "Ещё минуту",
    ]
    assert Notification.objects.filter(employee=world.boss, kind="chat").count() == 1


def test_an_answer_in_time_leaves_it_quiet():
    world = chat(no_answer_minutes=5)
    world.write("Ау")
    desk.say(world.conversation().pk, "Я тут", actor=world.anna)
    later(60)
    assert not Message.objects.filter(data__what="no_answer").exists()
    assert world.conversation().operator == world.anna


def test_silence_closes_it():
    world = chat(close_after_minutes=30, close_text="До свидания")
    world.write("Ау")
    desk.say(world.conversation().pk, "Я тут", actor=world.anna)
    later(31)
    talk = world.conversation()
    assert talk.state == "closed"
    assert talk.closed_by is None
    assert messages_for_customer(talk)[-1].text == "До свидания"


def test_a_deleted_line_is_quiet():
    world = chat(no_answer_minutes=5)
    world.write("Ау")
    delete_line(world.line, actor=world.boss)
    later(60)
    assert not Message.objects.filter(data__what="no_answer").exists()
    restore_line(world.line, actor=world.boss)
    later(60)
    assert Message.objects.filter(data__what="no_answer").exists()


def test_one_that_fails_comes_later_and_keeps_nobody_from_their_turn(monkeypatch):
    world = chat(no_answer_minutes=5)
    for number in range(2):
        world.write("Ау", f"c{number}")
    bad, announce = world.conversation("c0").pk, alarms.announce

    def fails(what: str, talk: Conversation) -> None:
        if talk.pk == bad:
            raise RuntimeError
        announce(what, talk)

    monkeypatch.setattr(alarms, "announce", fails)
    later(6)
    rung = Message.objects.filter(data__what="no_answer")
    assert [one.conversation_id for one in rung] == [world.conversation("c1").pk]
    monkeypatch.setattr(alarms, "announce", announce)
    later(6)
    assert rung.count() == 1  # not at once
    later(8)
    assert rung.filter(conversation=bad).exists()
