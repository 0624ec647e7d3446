"""What found nobody free is given out when somebody is."""

from __future__ import annotations

import pytest

from openlines.models import Conversation
from openlines.selectors.desk import messages_of
from openlines.services import desk, presence, waiting
from openlines.words import worded
from staff.models import Absence
from staff.selectors_absences import today
from staff.services.employees import deactivate_employee
from tests.openlines.chat_world import Chat, chat

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Chat:
    return chat(at_once=1)


def operators() -> list[str]:
    rows = Conversation.objects.exclude(state="closed").order_by("pk").select_related("operator")
    return [row.operator.username if row.operator else "" for row in rows]


def test_the_oldest_that_waits_goes_to_who_has_closed_one(world, django_assert_num_queries):
    for number in range(4):
        world.write("Привет", f"c{number}")
    assert operators() == ["anna", "petr", "", ""]
    with django_assert_num_queries(4):
        assert waiting.look() == 0
    desk.close(world.conversation("c0").pk, actor=world.anna)
    assert waiting.look() == 1
    assert operators() == ["petr", "anna", ""]
    assert waiting.look() == 0
    for name, someone in (("c1", world.petr), ("c2", world.anna)):
        desk.close(world.conversation(name).pk, actor=someone)
    assert waiting.look() == 1
    with django_assert_num_queries(2):
        assert waiting.look() == 0


def test_who_returned_it_does_not_get_it_back_but_who_comes_from_a_break_does(world):
    presence.pause(actor=world.petr, paused=True)
    world.write("Привет")
    desk.transfer(world.conversation().pk, actor=world.anna)
    assert waiting.look() == 0
    assert operators() == [""]
    presence.pause(actor=world.petr, paused=False)
    assert waiting.look() == 1
    assert operators() == ["petr"]


def test_a_line_to_all_gives_to_nobody():
    world = chat(queue="all")
    world.write("Привет")
    assert waiting.look() == 0
    assert operators() == [""]


@pytest.mark.parametrize(("queue", "next_one"), [("evenly", "petr"), ("all", "")])
def test_what_somebody_had_who_left_the_portal_goes_back(queue, next_one):
    world = chat(queue=queue)
    world.write("Привет")
    talk = world.conversation()
    desk.take(talk.pk, actor=world.anna)
    desk.say(talk.pk, "Узнаю и вернусь", actor=world.anna)
    deactivate_employee(world.anna, actor=world.boss)
    waiting.look()
    assert operators() == [next_one]
    talk = world.conversation()
    assert talk.waiting_since is not None
    assert not talk.participants.filter(employee=world.anna, left_at=None).exists()
    told = [one.words for one in worded(messages_of(talk))]
    assert "anna больше не работает на портале: диалог вернулся в очередь" in told


def test_nobody_gets_anything_on_a_day_on_which_they_are_away():
    world = chat()
    day = today()
    Absence.objects.create(employee=world.anna, starts=day, ends=day, deputy=world.petr)
    for number in range(2):
        world.write("Привет", f"c{number}")
    assert operators() == ["petr", "petr"]
    Absence.objects.create(employee=world.petr, starts=day, ends=day, deputy=world.anna)
    world.write("Привет", "c2")
    assert operators()[-1] == ""
