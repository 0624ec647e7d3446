"""Messages that other programs bring, and answers that are posted to them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from lists_core.services.files import keep_file
from openlines.chat_channels.webhook import WebhookSettings
from openlines.models import Channel, Conversation, Customer, Line, Message
from openlines.services import desk, incoming, sending
from tests.openlines.chat_world import chat
from tests.openlines.fake_servers import FakeProgram, served
from tests.openlines.rigs import WebhookRig

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-sixteen-and-more"


class SignedRig(WebhookRig):
    secret = SECRET


@pytest.fixture
def program(settings: Any, tmp_path: Any, in_one_thread: None) -> Iterator[SignedRig]:
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
    with served(FakeProgram, settings) as fake:
        yield SignedRig(chat(), fake)


def sign(body: bytes, at: int, key: str = "m", secret: str = SECRET) -> dict[str, str]:
    words = f"{key}.{at}.".encode() + body
    digest = base64.b64encode(hmac.new(secret.encode(), words, hashlib.sha256).digest()).decode()
    return {"webhook-id": key, "webhook-timestamp": str(at), "webhook-signature": f"v1,{digest}"}


def post(rig: SignedRig, body: Any, headers: dict[str, str] | None = None) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = sign(raw, int(time.time())) if headers is None else headers
    client = Client(enforce_csrf_checks=True, headers=given)
    return client.post(f"/chat/in/{rig.channel.token}/", raw, content_type="application/json")


def send() -> None:
    while sending.send_due(timezone.now() + timedelta(seconds=1)):
        pass


ONE = {"id": "m-1", "customer": 42, "text": "Есть мрамор?"}


def test_a_message_with_all_that_it_may_have(program):
    content = base64.b64encode("Смета".encode()).decode()
    answer = post(program, {
        **ONE, "name": "Ирина", "phone": "+7 916 000-00-00", "email": "i@x.example",
        "facts": {"city": "Томск"}, "at": "2026-11-20T10:00:00+07:00", "subject": "Плитка",
        "files": [{"name": "смета.txt", "content": content}], "unknown": 5,
    })  # fmt: skip
    message = Message.objects.get(kind="customer")
    assert answer.json() == {"message": message.pk, "conversation": message.conversation_id}
    assert message.data == {"subject": "Плитка"}
    assert message.at.isoformat() == "2026-11-20T03:00:00+00:00"
    assert message.attachments.get().file.name == "смета.txt"
    customer = Customer.objects.get()
    assert (customer.external_id, customer.name, customer.phone, customer.facts["city"]) == (
        "42", "Ирина", "+7 916 000-00-00", "Томск",
    )  # fmt: skip


def test_under_one_id_it_is_kept_once(program):
    first = post(program, ONE).json()
    assert post(program, {**ONE, "text": "иначе"}).json() == first
    assert post(program, {**ONE, "customer": "43"}).json() != first  # another customer's
    assert Message.objects.filter(kind="customer").count() == 2


def test_what_is_not_signed_is_refused(program):
    body, now = json.dumps(ONE).encode(), int(time.time())
    right = sign(body, now)
    wrong = [
        {},
        sign(body, now, secret="another-secret-of-16"),
        sign(body, now - 600),
        sign(body, now + 600),
        {**right, "webhook-id": "other"},
        {**right, "webhook-timestamp": "x"},
        {**right, "webhook-signature": ""},
        sign(body + b" ", now),
    ]
    assert [post(program, body, one).status_code for one in wrong] == [403] * len(wrong)
    assert post(program, body, wrong[0]).json()["error"] == "forbidden"
    assert not Customer.objects.exists()
    assert post(program, body, right).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"[", 400, "bad_body"),
        (b"[1]", 400, "bad_body"),
        (b"\xff", 400, "bad_body"),
        (b"", 400, "bad_body"),
        (b'{"a":' * 100_000, 400, "bad_body"),
        (b"x" * (7 * 2**20 + 1), 413, "too_large"),
        ({"id": "1", "customer": "2"}, 422, "text"),
        ({"id": "", "customer": " ", "text": "x"}, 422, "customer"),
        ({**ONE, "id": "x" * 151}, 422, "id"),
        ({**ONE, "id": True}, 422, "id"),
        ({**ONE, "text": ["x"]}, 422, "text"),
        ({**ONE, "text": "x" * 10_001}, 422, "text"),
        ({**ONE, "facts": {"a": 1}}, 422, "facts"),
        ({**ONE, "facts": "a"}, 422, "facts"),
        ({**ONE, "at": "yesterday"}, 422, "at"),
        ({**ONE, "at": "2026-13-45T10:00"}, 422, "at"),
        ({**ONE, "files": [{"name": "a"}]}, 422, "files"),
        ({**ONE, "files": [{"name": "a", "content": "%%%"}]}, 422, "files"),
        ({**ONE, "files": [{}] * 11}, 422, "files"),
    ],
)
def test_what_cannot_be_taken_is_told_in_json(program, body, status, told):
    answer = post(program, body)
    assert answer.status_code == status, answer.content
    assert answer["Cache-Control"] == "no-store"
    said = answer.json()
    assert told in (said["errors"] if status == 422 else said["error"])
    assert not Message.objects.exists()


def test_odd_signs_are_kept_as_far_as_a_database_can(program):
    raw = b'{"id": "\\u0000", "customer": "a\\u0000", "text": "a\\ud800b\\u0000", '
    raw += b'"facts": {"\\u0000k": "\\ud800"}, "name": "\\u0000"}'
    assert post(program, raw).status_code == 200
    assert Message.objects.get(kind="customer").text == "a?b"


def test_too_many_strangers_and_what_is_switched_off(program, monkeypatch):
    assert Client().get(f"/chat/in/{program.channel.token}/").status_code == 405
    assert Client().post("/chat/in/nothing/").status_code == 404
    monkeypatch.setattr(incoming, "A_MINUTE", 2)
    cache.clear()
    assert [post(program, ONE).status_code for _time in range(3)] == [200, 200, 429]
    cache.clear()
    Channel.objects.update(is_active=False)
    assert post(program, ONE).status_code == 404
    Channel.objects.update(is_active=True, kind="web")
    assert post(program, ONE).status_code == 404


def test_an_answer_is_signed_and_its_files_open_by_their_address(program):
    post(program, ONE)
    anna = program.world.anna
    file = keep_file(ContentFile(b"PDF"), "смета.pdf", actor=anna, mime="application/pdf")
    talk = Conversation.objects.get()
    message = desk.say(talk.pk, "Есть", actor=anna, file_ids=[file.pk])
    desk.say(talk.pk, "CANARY", actor=anna, note=True)
    send()
    (got,), (headers,) = program.fake.got, program.fake.headers
    files = got.pop("files")
    assert got == {
        "id": str(message.pk), "conversation": talk.pk, "customer": "42", "text": "Есть",
        "author": anna.get_short_name(), "at": message.at.isoformat(), "asks_vote": False,
    }  # fmt: skip
    at = int(headers["webhook-timestamp"])
    wanted = sign(program.fake.bodies[0], at, key=f"msg-{message.pk}")
    assert headers["webhook-signature"] == wanted["webhook-signature"]
    (shown,) = files
    assert (shown["name"], shown["size"]) == ("смета.pdf", 3)
    path = shown["url"].removeprefix("https://portal.example")
    opened = Client().get(path)
    assert b"".join(opened.streaming_content) == b"PDF"
    assert opened["Content-Disposition"].startswith("attachment")
    assert Client().get(path[:-1] + "x").status_code == 404
    assert Client().get(path.partition("?")[0]).status_code == 404


def test_the_same_id_for_every_answer_stops_nothing(program):
    post(program, ONE)
    program.fake.says = b'{"id": 1}'
    for text in ("Раз", "Два"):
        desk.say(Conversation.objects.get().pk, text, actor=program.world.anna)
    send()
    assert program.got() == ["Раз", "Два"]
    assert not Message.objects.exclude(state="sent").exists()


@pytest.mark.parametrize("says", [b"[" * 100_000, b"\xff", b'{"id": {}}', b"null"])
def test_whatever_the_program_says_with_200_it_has_the_answer(program, says):
    post(program, ONE)
    program.fake.says = says
    desk.say(Conversation.objects.get().pk, "Раз", actor=program.world.anna)
    send()
    assert Message.objects.get(text="Раз").state == "sent"


def test_inner_addresses_get_nothing(program, settings):
    settings.OUTSIDE_ALLOWED = []
    post(program, ONE)
    desk.say(Conversation.objects.get().pk, "Раз", actor=program.world.anna)
    send()
    assert program.fake.got == []
    assert Message.objects.get(text="Раз").state == "failed"
    for url in ("http://h:22/", "ftp://x/", "http://a@127.0.0.1/", "javascript:alert(1)", "x"):
        assert "url" in WebhookSettings({"url": url}).errors
    assert "secret" in WebhookSettings({"secret": "short"}).errors
    assert WebhookSettings({}).is_valid()


def test_a_program_is_told_when_to_ask_for_a_vote_and_posts_it(program):
    post(program, ONE)
    talk = Conversation.objects.get()
    desk.say(talk.pk, "Есть", actor=program.world.anna)
    send()
    Line.objects.update(close_text="До свидания")
    desk.close(talk.pk, actor=program.world.anna)
    send()
    assert [one["asks_vote"] for one in program.fake.got] == [False, True]
    assert post(program, {"customer": 43, "vote": 5}).status_code == 404  # never wrote
    for vote in (0, 6, "5", True, [], 10**30):
        assert set(post(program, {"customer": 42, "vote": vote}).json()["errors"]) == {"vote"}
    told = post(program, {"customer": 42, "vote": 5, "vote_text": "Быстро"})
    assert told.json()["conversation"] == talk.pk
    talk.refresh_from_db()
    assert (talk.vote, talk.vote_text) == (5, "Быстро")
