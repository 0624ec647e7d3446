"""The operators' desk in the browser's eyes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from openlines.models import Conversation, Message
from openlines.selectors.inbox import counts, waiting_count
from openlines.services import desk, presence
from staff.models import Employee, Notification
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
    assert anna.post(f"{base}say/", {"text": "Нет", "key": "k"}).status_code == 409
    anna.post(f"{base}say/", {"text": "Проверить склад", "note": "1"})
    page = anna.get(f"{base}messages/", {"after": 1}).content.decode()
    assert "Есть &lt;b&gt;" in page
    assert "заметка для своих" in page
    assert anna.post(f"{base}say/", {"text": " "}).status_code == 422
    anna.post(f"{base}transfer/", {"employee": world.petr.pk})
    assert Conversation.objects.get().operator == world.petr
    assert anna.post(f"{base}say/", {"text": "Ещё"}).status_code == 403
    # She only looks now; who supervises the line is offered all that they may do.
    for who, offered in ((anna, False), (of(world.boss), True)):
        page = who.get(base).content.decode()
        assert ["только смотрите" not in page, "data-key-close" in page] == [offered, offered]
        assert [f"{base}transfer/" in page, "data-talk-say" in page] == [offered, offered]
    petr = of(world.petr)
    petr.post(f"{base}invite/", {"employee": world.other.pk})
    assert of(world.other).get(base).status_code == 200
    petr.post(f"{base}close/")
    assert petr.post(f"{base}say/", {"text": "Ещё"}).status_code == 409
    closed = petr.get(base).content.decode()
    assert "закрыт" in closed
    assert f'action="{base}reopen/"' in closed
    assert f'action="{base}reopen/"' not in of(world.other).get(base).content.decode()
    assert of(world.other).post(f"{base}reopen/").status_code == 403
    petr.post(f"{base}reopen/")
    assert petr.post(f"{base}say/", {"text": "Ещё"}).status_code == 200


def told(who: Employee) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(employee=who, kind="chat").order_by("pk")
    return list(rows.values_list("text", "url"))


def test_whoever_is_invited_is_told_and_finds_the_way(world):
    world.write("Есть мрамор?", facts={"name": "Ирина"})
    talk = world.conversation()
    desk.take(talk.pk, actor=world.anna)
    other, entry = of(world.other), 'href="/chat/"'
    assert entry not in other.get("/tasks/").content.decode()
    for person in (world.other, world.petr):
        desk.invite(talk.pk, person, actor=world.anna)
        assert told(person) == [
            ("anna приглашает вас в диалог с клиентом: Ирина", f"/chat/{talk.pk}/")
        ]
        assert waiting_count(person) == 1
    assert entry in other.get("/tasks/").content.decode()
    assert "Есть мрамор?" in other.get("/chat/").content.decode()
    assert told(world.anna) == []
    desk.close(talk.pk, actor=world.anna)
    assert entry not in other.get("/tasks/").content.decode()


def test_a_transfer_is_told_and_what_the_queue_gives_where_no_desk_is_open():
    world = chat(queue="strictly")
    world.write("Есть мрамор?", facts={"name": "Ирина"})
    talk, waits = world.conversation(), "Клиент ждёт вашего ответа: Ирина"
    assert told(world.anna) == [(waits, f"/chat/{talk.pk}/")]
    presence.seen(actor=world.petr)
    desk.transfer(talk.pk, actor=world.anna)  # to Petr by the queue: his desk is open
    assert told(world.petr) == []
    desk.transfer(talk.pk, actor=world.petr, to=world.anna)
    assert told(world.anna)[1][0] == "petr передаёт вам диалог с клиентом: Ирина"
    desk.take(talk.pk, actor=world.boss)
    assert told(world.boss) == []


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


def test_numbers_and_search(world, monkeypatch):
    world.write("Есть мрамор?", "c1")
    world.write("А гранит?", "c2")
    first = Conversation.objects.earliest("pk")
    desk.take(first.pk, actor=world.anna)
    assert counts(world.anna) == {"mine": 1, "queue": 1, "others": 0}
    assert waiting_count(world.anna) == 2
    assert waiting_count(world.other) == 0
    found = of(world.anna).get("/chat/list/?box=mine&q=мрамор").content.decode()
    assert f"/chat/{first.pk}/" in found
    assert "Показать ещё" not in found
    world.write("А оникс?", "c3")
    monkeypatch.setattr("openlines.views.desk.SHOWN", 1)
    shown, anna = [], of(world.anna)
    for number in (1, 2):
        shown.append(anna.get(f"/chat/list/?box=queue&shown={number}").content.decode())
    assert ["Показать ещё" in one for one in shown] == [True, False]
    assert ["гранит" in one for one in shown] == [False, True]


def test_the_search_looks_up_words_by_an_index_and_gives_up_in_time(world, monkeypatch):
    world.write("Есть мрамор?", "c1", facts={"email": "irina@client.example"})
    world.write("А гранит?", "c2")
    anna = of(world.anna)
    for words, found in (("CLIENT.ex", ["мрамор"]), ("грАНит", ["гранит"]), ("оникс", [])):
        page = anna.get("/chat/list/", {"box": "mine", "q": words}).content.decode()
        page += anna.get("/chat/list/", {"box": "queue", "q": words}).content.decode()
        assert [one for one in ("мрамор", "гранит") if one in page] == found
    said = Message.objects.filter(text__icontains="гранит")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    assert "message_words" in said.explain()
    monkeypatch.setattr("openlines.selectors.inbox.in_time", lambda read, milliseconds: None)
    page = anna.get("/chat/list/", {"box": "mine", "q": "а"}).content.decode()
    assert "Слишком много диалогов" in page
    assert "Ничего не найдено" not in page


def test_the_list_marks_the_open_talk_and_holds_no_search(world):
    """It is drawn anew while somebody types into the search, which stands outside."""
    world.write("Есть мрамор?", "c1")
    world.write("А гранит?", "c2")
    anna, talk = of(world.anna), Conversation.objects.earliest("pk")
    desk.take(talk.pk, actor=world.anna)
    page = anna.get(f"/chat/{talk.pk}/?q=мрамор").content.decode()
    assert page.count('name="q" value="мрамор"') == 1
    assert f'name="open" value="{talk.pk}"' in page
    drawn = anna.get("/chat/list/", {"box": "mine", "q": "мрамор", "open": talk.pk})
    drawn = drawn.content.decode()
    assert f'data-talk="{talk.pk}" aria-current="true"' in drawn
    assert 'name="q"' not in drawn
    strange = anna.get("/chat/list/", {"box": "mine", "open": "²"}).content.decode()
    assert 'aria-current="true"' not in strange


def test_the_list_asks_the_same_for_many(world, django_assert_max_num_queries):
    for number in range(12):
        world.write("Ау", f"c{number}")
    client = of(world.anna)
    client.get("/chat/list/?box=queue")
    with django_assert_max_num_queries(14):
        client.get("/chat/list/?box=queue")
