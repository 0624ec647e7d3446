"""No answer, silence, hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from openlines.models import Conversation, LineMember, Message
from openlines.selectors.desk import messages_for_customer
from openlines.selectors.inbox import waiting_count
from openlines.services import alarms, desk, members
from openlines.services.lines import delete_line, restore_line, set_members, update_line
from staff.models import Notification
from tests.openlines.chat_world import Chat, chat, person

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


def rings() -> int:
    return Message.objects.filter(data__what="no_answer").count()


def test_strictly_goes_round_and_the_bell_grows_tired():
    """Rings after 5, 15, 35, 75 and 155 minutes, then no more until somebody does something."""
    world = chat(queue="strictly", no_answer_minutes=5)
    dora = person("dora")
    four = [world.anna, world.petr, world.other, dora]
    set_members(world.line, four, [world.boss], actor=world.boss)
    world.write("Ау")
    for minutes, whose in ((6, 1), (14, 1), (17, 2), (40, 3), (85, 0), (170, 1), (9000, 1)):
        later(minutes)
        assert world.conversation().operator == four[whose]
    assert rings() == 5
    world.write("Так есть кто?")
    later(9010)
    assert rings() == 6


def to_petr(world: Chat, talk: Conversation) -> None:
    desk.transfer(talk.pk, actor=world.anna, to=world.petr)


def to_the_queue(world: Chat, talk: Conversation) -> None:
    desk.transfer(talk.pk, actor=world.anna)


def out_of_the_line(world: Chat, talk: Conversation) -> None:
    member = LineMember.objects.get(line=world.line, employee=world.anna)
    members.remove_member(world.line, member.pk, actor=world.boss)


@pytest.mark.parametrize("queue", ["evenly", "all"])
@pytest.mark.parametrize("goes", [to_petr, to_the_queue, out_of_the_line])
def test_who_is_to_go_on_is_reminded_though_the_operator_spoke_last(queue, goes):
    world = chat(queue=queue, no_answer_minutes=5, no_answer_to="supervisors",
                 close_after_minutes=30)  # fmt: skip
    world.write("Ау")
    talk = world.conversation()
    desk.take(talk.pk, actor=world.anna)
    desk.say(talk.pk, "Передаю вас коллеге", actor=world.anna)
    goes(world, talk)
    assert waiting_count(world.petr) == 1
    later(6)
    assert rings() == 1
    later(50)
    assert world.conversation().state != "closed"


def test_what_is_in_the_queue_is_closed_by_no_silence():
    world = chat(queue="all", close_after_minutes=30)
    world.write("Ау")
    talk = world.conversation()
    desk.take(talk.pk, actor=world.anna)
    desk.invite(talk.pk, world.other, actor=world.anna)
    desk.transfer(talk.pk, actor=world.anna)
    desk.say(talk.pk, "Я из цеха, вам ответят", actor=world.other)  # who takes nothing
    later(50)
    assert world.conversation().state == "queued"


def test_other_minutes_hold_for_what_waits_already(django_capture_on_commit_callbacks):
    world = chat(close_after_minutes=30)
    world.write("Ау")
    desk.say(world.conversation().pk, "Я тут", actor=world.anna)
    update_line(world.line, actor=world.boss, close_after_minutes=0)
    later(50)
    assert world.conversation().state == "active"
    with django_capture_on_commit_callbacks(execute=True):
        update_line(world.line, actor=world.boss, close_after_minutes=10)
    later(9)
    assert world.conversation().state == "active"
    later(11)
    assert world.conversation().state == "closed"
