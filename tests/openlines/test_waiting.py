"""What found nobody free is given out when somebody is."""

from __future__ import annotations

import pytest

from openlines.models import Conversation
from openlines.services import desk, presence, waiting
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
    with django_assert_num_queries(3):
        assert waiting.look() == 0
    desk.close(world.conversation("c0").pk, actor=world.anna)
    assert waiting.look() == 1
    assert operators() == ["petr", "anna", ""]
    assert waiting.look() == 0
    for name, someone in (("c1", world.petr), ("c2", world.anna)):
        desk.close(world.conversation(name).pk, actor=someone)
    assert waiting.look() == 1
    with django_assert_num_queries(1):
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
