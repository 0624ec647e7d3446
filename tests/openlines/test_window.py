"""The chat window of web sites: a visitor reaches their own talk, and nothing else."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lists_core.models import StoredFile
from openlines.models import Attachment, Channel, Conversation, Customer, Message
from openlines.reply_offers import language_of
from openlines.selectors import window
from openlines.services import desk
from openlines.services.visitors import A_MINUTE
from openlines.words import worded
from tests.openlines.chat_world import Chat, chat

pytestmark = pytest.mark.django_db
MINE, OTHER = "a" * 40, "b" * 40


@pytest.fixture
def world(settings, tmp_path) -> Chat:
    settings.MEDIA_ROOT = tmp_path
    return chat(greeting="Здравствуйте!")


class Visitor:
    def __init__(self, world: Chat, secret: str) -> None:
        self.base = f"/chat/w/{world.channel.token}/"
        self.client = Client(headers={"x-svod-visitor": secret}, enforce_csrf_checks=True)
        self.keys = 0

    def write(self, text: str, **more):
        self.keys += 1
        given = {"key": f"k{self.keys}", "text": text, **more}
        return self.client.post(f"{self.base}messages/", given)

    def read(self, after: int = 0):
        return self.client.get(f"{self.base}messages/", {"after": after}).json()

    def do(self, what: str, **values):
        return self.client.post(
            f"{self.base}{what}/", json.dumps(values), content_type="application/json"
        )


def test_a_talk_from_both_sides(world):
    visitor = Visitor(world, MINE)
    assert visitor.read()["messages"] == []
    assert visitor.write("Есть мрамор?").status_code == 200
    talk = Conversation.objects.get()
    desk.say(talk.pk, "Есть", actor=world.anna)
    desk.say(talk.pk, "Он странный", actor=world.anna, note=True)
    shown = [(one["mine"], one["text"]) for one in visitor.read()["messages"]]
    assert shown == [(True, "Есть мрамор?"), (False, "Здравствуйте!"), (False, "Есть")]
    last = visitor.read()["messages"][1]["id"]
    assert [one["text"] for one in visitor.read(after=last)["messages"]] == ["Есть"]


def test_said_again_under_the_same_key_it_is_said_once(world):
    visitor = Visitor(world, MINE)
    for _time in range(3):
        visitor.write("Ау", key="same")
    assert Message.objects.filter(kind="customer").count() == 1


def test_another_visitor_sees_nothing_of_it(world):
    Visitor(world, MINE).write("Секрет")
    other = Visitor(world, OTHER)
    assert other.read() == {"messages": [], "open": False}
    for what in ("read", "typing", "vote", "stream", "introduce"):
        assert other.do(what).status_code == 404
    assert Client().get(f"{other.base}messages/").status_code == 404
    assert Visitor(world, "short").write("x").status_code == 404
    assert Visitor(world, "я" * 40).write("x").status_code in {400, 404}


def test_bad_bodies_are_told_and_too_many_are_stopped(world):
    visitor = Visitor(world, MINE)
    assert visitor.write("  ").status_code == 422
    assert visitor.write("x" * 10_001).status_code == 422
    visitor.write("Ау")
    for body in ("[", "[1]", "{" * 5000, '"x"'):
        answer = visitor.client.post(f"{visitor.base}vote/", body, content_type="application/json")
        assert answer.status_code == 400
    assert visitor.do("vote", value="9").status_code == 422
    for _time in range(A_MINUTE):
        last = visitor.write("Ещё")
    assert last.status_code == 429


def test_files_by_their_signed_address_alone(world):
    visitor = Visitor(world, MINE)
    visitor.write("Чертёж", file=SimpleUploadedFile("план.txt", b"CANARY"))
    shown = visitor.read()["messages"][0]["files"][0]
    assert b"".join(Client().get(shown["url"]).streaming_content) == b"CANARY"
    assert Client().get(shown["url"].partition("?")[0]).status_code == 404
    assert Client().get(shown["url"][:-1] + "x").status_code == 404
    assert StoredFile.objects.get().uploaded_by == world.boss
    note = desk.say(Conversation.objects.get().pk, "Для своих", actor=world.anna, note=True)
    inner = Attachment.objects.create(message=note, file=StoredFile.objects.get())
    key = window.signer.sign(f"file:{inner.pk}:{Customer.objects.get().pk}")
    assert Client().get(f"{visitor.base}files/{inner.pk}/", {"key": key}).status_code == 404


def test_what_is_sent_again_stores_its_files_once(world):
    visitor = Visitor(world, MINE)
    for _time in range(3):
        file = SimpleUploadedFile("план.txt", b"CANARY")
        assert visitor.write("Чертёж", key="same", file=file).status_code == 200
    assert StoredFile.objects.count() == Attachment.objects.count() == 1


def test_what_only_looks_like_a_picture_is_not_kept_and_the_message_tells_so(world):
    visitor = Visitor(world, MINE)
    visitor.write("Вот", file=SimpleUploadedFile("photo.png", b"no picture"))
    message = visitor.read()["messages"][0]
    assert message["files"] == []
    assert "photo.png" in message["text"]


def test_the_frame_is_for_the_named_sites_alone(world):
    Channel.objects.update(settings={"origins": "https://shop.example\nhttps://b.example"})
    page = Client().get(f"/chat/w/{world.channel.token}/")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://shop.example https://b.example" in policy
    assert "X-Frame-Options" not in page.headers
    assert "unsafe" not in policy
    Channel.objects.update(is_active=False)
    assert Client().get(f"/chat/w/{world.channel.token}/").status_code == 404
    assert Client().get("/chat/w/nothing/").status_code == 404


def test_vote_introduce_read_and_resume(world):
    visitor = Visitor(world, MINE)
    visitor.write("Ау")
    assert visitor.do("introduce", name="Ирина", email="no").status_code == 422
    assert visitor.do("introduce", name=" ").status_code == 422
    assert visitor.do("introduce", name="Ирина").status_code == 422  # nobody can be reached by it
    assert visitor.read()["asks_contact"]
    assert visitor.do("introduce", name="Ирина", phone="+7 916 000-00-00").status_code == 200
    assert Customer.objects.get().name == "Ирина"
    assert not visitor.read()["asks_contact"]
    first = Conversation.objects.get()
    visitor.do("read", id=visitor.read()["messages"][-1]["id"])
    first.refresh_from_db()
    assert first.customer_read_seq > 0
    desk.close(first.pk, actor=world.anna)
    assert visitor.read()["asks_vote"]
    assert visitor.do("vote", value=5).status_code == 200
    assert visitor.do("vote", value=5, text="Спасибо").status_code == 200
    first.refresh_from_db()
    assert (first.vote, first.vote_text) == (5, "Спасибо")
    told = [one.words for one in worded(first.messages.order_by("seq"))][-2:]
    assert told == ["Оценка клиента: 5 из 5", "Оценка клиента: 5 из 5, «Спасибо»"]
    visitor.write("И ещё")
    assert Conversation.objects.count() == 2
    assert visitor.read()["messages"][0]["text"] == "Ау"


def test_a_stream_needs_a_fresh_ticket(world):
    visitor = Visitor(world, MINE)
    visitor.write("Ау")
    ticket = visitor.do("stream").json()["ticket"]
    assert window.customer_of_ticket(ticket) == Customer.objects.get()
    assert Client().get("/chat/w/live/", {"ticket": ticket}).status_code == 204  # no stream here
    assert Client().get("/chat/w/live/", {"ticket": ticket + "x"}).status_code == 404
    assert Client().get("/chat/w/live/").status_code == 404


def test_the_language_is_what_the_browser_asks_for_first(world):
    """Quick replies in it come first on the desk."""
    visitor = Visitor(world, MINE)
    for told, known in (("", None), ("*;q=<b>", None), ("kk-KZ,ru;q=0.8", "kk-KZ")):
        visitor.client.defaults["HTTP_ACCEPT_LANGUAGE"] = told
        visitor.write("Есть мрамор?")
        assert Customer.objects.get().facts.get("language") == known
    assert language_of(Conversation.objects.get()) == "kk"
