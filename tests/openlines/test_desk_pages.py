"""The operators' desk in the browser's eyes."""

from __future__ import annotations

import pytest
from django.test import Client

from openlines.models import Conversation, Message
from openlines.selectors.inbox import counts, waiting_count
from openlines.services import desk
from tests.openlines.chat_world import Chat, chat

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Chat:
    return chat(queue="all")


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_talk_is_taken_answered_transferred_and_closed(world):
    world.write("Есть мрамор?")
    talk = Conversation.objects.get()
    anna, base = of(world.anna), f"/chat/{talk.pk}/"
    assert "Есть мрамор?" in anna.get("/chat/?box=queue").content.decode()
    assert "Взять" in anna.get(base).content.decode()
    anna.post(f"{base}take/")
    said = anna.post(f"{base}say/", {"text": "Есть <b>", "key": "k"})
    assert said.status_code == 200
    assert anna.post(f"{base}say/", {"text": "Есть <b>", "key": "k"}).json() == said.json()
    anna.post(f"{base}say/", {"text": "Проверить склад", "note": "1"})
    page = anna.get(f"{base}messages/", {"after": 1}).content.decode()
    assert "Есть &lt;b&gt;" in page
    assert "заметка для своих" in page
    assert anna.post(f"{base}say/", {"text": " "}).status_code == 422
    anna.post(f"{base}transfer/", {"employee": world.petr.pk})
    assert Conversation.objects.get().operator == world.petr
    assert anna.post(f"{base}say/", {"text": "Ещё"}).status_code == 403
    petr = of(world.petr)
    petr.post(f"{base}invite/", {"employee": world.other.pk})
    assert of(world.other).get(base).status_code == 200
    petr.post(f"{base}close/")
    assert petr.post(f"{base}say/", {"text": "Ещё"}).status_code == 409
    assert "закрыт" in petr.get(base).content.decode()


def test_strangers_find_nothing(world):
    world.write("СЕКРЕТ")
    talk = Conversation.objects.get()
    other = of(world.other)
    assert "СЕКРЕТ" not in other.get("/chat/?box=queue&q=СЕК").content.decode()
    for path in ("", "messages/", "transfer/", "invite/"):
        assert other.get(f"/chat/{talk.pk}/{path}").status_code == 404
    for path in ("say", "take", "close", "leave", "read", "typing", "transfer", "invite"):
        answer = other.post(f"/chat/{talk.pk}/{path}/", {"text": "x", "seq": "1"})
        assert answer.status_code == 404
    assert Message.objects.filter(kind="operator").count() == 0


def test_numbers_and_search(world):
    world.write("Есть мрамор?", "c1")
    world.write("А гранит?", "c2")
    first = Conversation.objects.earliest("pk")
    desk.take(first.pk, actor=world.anna)
    assert counts(world.anna) == {"mine": 1, "queue": 1, "others": 0}
    assert waiting_count(world.anna) == 2
    assert waiting_count(world.other) == 0
    found = of(world.anna).get("/chat/list/?box=mine&q=мрамор").content.decode()
    assert f"/chat/{first.pk}/" in found


def test_the_list_asks_the_same_for_many(world, django_assert_max_num_queries):
    for number in range(12):
        world.write("Ау", f"c{number}")
    client = of(world.anna)
    client.get("/chat/list/?box=queue")
    with django_assert_max_num_queries(14):
        client.get("/chat/list/?box=queue")
