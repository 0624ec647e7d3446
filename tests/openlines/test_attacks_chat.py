"""Attacks on chats (A-41 to A-46, A-73 to A-75): what strangers, colleagues and customers try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client, RequestFactory
from django.urls import reverse

from lists_core.services.files import keep_file
from openlines.chat_channels.base import Inbound, InboundFile
from openlines.live import still_valid
from openlines.models import Channel, Conversation, Customer, Message
from openlines.services import desk, messages, news, visitors
from openlines.services.inbox import take_in
from openlines.services.lines import create_channel
from svod.base.live.asgi import OFFER, Offer, take_stream
from svod.base.live.hub import STREAMS_A_PERSON, Hub, Ticket
from tests.access.test_every_url import NAMED, PUBLIC, SAMPLES
from tests.contract.xss import CORPUS
from tests.openlines.chat_world import Chat, chat

pytestmark = pytest.mark.django_db
SECRET = "a" * 40
GROUPS = 4
#: What runs or loads, wherever it stands in a page.
RUNS = {"src", "srcset", "srcdoc", "action", "formaction", "data", "background", "style"}
EVIL = ("javascript:", "data:", "vbscript:", "//evil", "https://evil", "java\nscript:")
ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:x", "\x01javascript:alert(1)", "//evil.example", "https:evil.example",
    "https://shop.example/\"onmouseover='x'",
)  # fmt: skip


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> Iterator[Chat]:
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
    settings.PORTAL_URL = "https://portal.example/"
    return chat()


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


class Page(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements and names of attributes: what a text must not change."""
        return [(tag, tuple(sorted(attrs))) for tag, attrs in self.found if tag != "a"]

    def running(self) -> list[str]:
        """Addresses that run, and those of others that are asked without a click."""
        given = [(name, (value or "").strip("\x00\x01 ").lower()) for _tag, attrs in self.found
                 for name, value in attrs.items()]  # fmt: skip
        return [value for name, value in given
                if (name == "href" and value.startswith(EVIL[:3]))
                or (name in RUNS and value.startswith(EVIL))]  # fmt: skip


# --- what a customer sends is text ----------------------------------------------


def written(world: Chat, *evils: str) -> Conversation:
    """A conversation in which everything that a customer chooses is evil."""
    evil = evils[0].replace("\0", "")
    world.channel.name = world.channel.settings["title"] = evil[:80]
    world.channel.settings["color"] = evil[:20]
    world.channel.save()
    facts = dict.fromkeys(("name", "phone", "email", "page", "nick", "own"), evils[-1])
    for one in evils:
        files = [InboundFile(f"{one}.txt", b"x")]
        message = take_in(world.channel, Inbound("c", one, one, files, facts, subject=one))
    return message.conversation


PLACES = ["chat_conversation", "chat_customer", "chat_transcript", "chat_customer_edit"]


def pages(world: Chat, talk: Conversation) -> list[Any]:
    assert talk.operator is not None
    client = signed_in(talk.operator)
    desk.mark_read(talk.pk, 1, actor=talk.operator)
    shown = [client.get(reverse(name, args=[talk.pk])) for name in PLACES if name in NAMED]
    shown.append(client.get(reverse("chat_list"), {"q": "", "box": "mine"}))
    shown.append(signed_in(world.boss).get(reverse("chat_channels", args=[talk.line_id])))
    shown.append(Client().get(reverse("chat_window", args=[talk.channel.token])))
    assert [one.status_code for one in shown] == [200] * len(shown)
    return shown


@pytest.mark.parametrize("start", range(GROUPS))
def test_a41_a42_a43_no_text_of_a_customer_becomes_a_part_of_a_page(world, start):
    evils = CORPUS[start::GROUPS]
    plain = [
        Page(one).shape() for one in pages(world, written(world, *map(str, range(len(evils)))))
    ]
    Customer.objects.all().delete()
    for shown, shape in zip(pages(world, written(world, *evils)), plain, strict=True):
        page = Page(shown)
        assert page.shape() == shape
        assert page.running() == []


def test_a41_the_window_gets_texts_and_nothing_else(world):
    client = Client(headers={"x-svod-visitor": SECRET})
    url = f"/chat/w/{world.channel.token}/messages/"
    for number, evil in enumerate(CORPUS[:28]):
        client.post(url, {"text": evil, "key": str(number)})
    answer = client.get(url)
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert [one["text"] for one in answer.json()["messages"]] == list(CORPUS[:28])


def test_a44_addresses_that_run_are_no_links(world):
    for shown in pages(world, written(world, *ADDRESSES)):
        assert Page(shown).running() == []


def test_a44_sites_of_a_window_add_nothing_to_its_policy(world):
    Channel.objects.update(settings={"origins": "https://ok.example https://x;script-src * 'self'"})
    policy = Client().get(f"/chat/w/{world.channel.token}/")["Content-Security-Policy"]
    assert "https://ok.example" in policy
    assert "script-src *" not in policy
    assert policy.count("script-src ") == 1


# --- streams ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "given"),
    [
        ({}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_a73_a_page_of_another_site_gets_no_stream(settings, headers, given):
    settings.LIVE_REDIS_URL = "redis://nowhere"
    request = RequestFactory().get("/live/", headers=headers)
    request.scope = {OFFER: Offer()}
    assert take_stream(request, Ticket(1, "s")) is given


def test_a73_cookies_stay_at_home_and_streams_are_counted(world):
    assert django_settings.SESSION_COOKIE_SAMESITE == "Lax"
    answer = signed_in(world.anna).get("/live/", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer
    hub = Hub()
    hub._tasks = ["runs"]  # type: ignore[list-item]
    opened = [hub.open(Ticket(-5, "window")) for _number in range(STREAMS_A_PERSON + 1)]
    assert opened[-1] is None
    assert None not in opened[:-1]


def test_a73_who_may_listen_no_longer_is_cut(world):
    world.write("Ау")
    customer = Customer.objects.get()
    ticket = Ticket(-customer.pk, "window")
    assert still_valid([ticket]) == {ticket}
    assert still_valid([Ticket(-customer.pk - 1, "window")]) == set()
    Channel.objects.update(is_active=False)
    assert still_valid([ticket]) == set()
    for made_up in ("stream:1", "stream:1:x", "\0", "file:1:1"):
        assert Client().get("/chat/w/live/", {"ticket": made_up}).status_code == 404


def test_a73_nobody_hears_of_a_conversation_that_they_may_not_see(world, monkeypatch):
    told: list[tuple[list[int], str, dict[str, Any]]] = []
    monkeypatch.setattr(news, "publish", lambda to, event, data: told.append((to, event, data)))
    world.write("Ау")
    talk = world.conversation()
    told.clear()
    desk.say(talk.pk, "CANARY", actor=world.anna)
    desk.say(talk.pk, "CANARY", actor=world.anna, note=True)
    world.write("CANARY")
    heard = {one for to, _event, _data in told for one in to}
    assert heard == {world.anna.pk, world.boss.pk, -talk.customer_id}
    assert "CANARY" not in str(told)
    theirs = [data for to, _event, data in told if to == [-talk.customer_id]]
    assert theirs == [{"what": "message"}] * 2  # and nothing of the note


@pytest.mark.parametrize("what", ["read", "typing", "introduce", "vote", "stream"])
def test_a73_big_and_odd_bodies_are_refused(world, what):
    world.write("Ау", customer=visitors.hash_of(SECRET))
    client = Client(headers={"x-svod-visitor": SECRET})
    url = f"/chat/w/{world.channel.token}/{what}/"
    odd = ["x" * 70_000, "[" * 50_000, '{"a": 1e999', "null", '"\ud800"'.encode(errors="replace")]
    for body in odd:
        assert client.post(url, body, content_type="application/json").status_code == 400
    many = json.dumps({"name": "\0\ud800", "text": "\0", "value": 5, "id": 10**30, "email": ""})
    assert client.post(url, many, content_type="application/json").status_code in {200, 422}


# --- conversations of others ------------------------------------------------------------


def routes() -> list[str]:
    """Every address of a conversation, whichever part of the portal added it."""
    return sorted(name for name, entry in NAMED.items()
                  if "conversation_id" in entry.pattern.converters)  # fmt: skip


def address(name: str, talk: Conversation) -> str:
    known = {"conversation_id": talk.pk}
    kinds = NAMED[name].pattern.converters
    return reverse(name, kwargs={key: known.get(key, SAMPLES.get(type(kind).__name__, 1))
                                 for key, kind in kinds.items()})  # fmt: skip


@pytest.mark.parametrize("name", routes())
def test_a74_a_foreign_conversation_is_none(world, name):
    world.write("Ау")
    talk = world.conversation()
    hidden, never = address(name, talk), address(name, Conversation(pk=10**9))
    for person in (world.petr, world.other):
        client = signed_in(person)
        for way in ("get", "post"):
            answers = [getattr(client, way)(url, {"text": "x"}) for url in (hidden, never)]
            assert [one.status_code for one in answers] in ([404, 404], [405, 405]), (person, way)
    assert Message.objects.filter(author__in=[world.petr, world.other]).count() == 0


@pytest.mark.parametrize("what", ["say", "close", "transfer", "invite", "typing"])
def test_a74_who_only_looks_changes_nothing(world, what):
    world.write("Ау")
    talk = world.conversation()
    desk.transfer(talk.pk, actor=world.anna, to=world.petr)
    admin = type(world.anna).objects.create_superuser("chief", "chief@svod.example", "x")
    for person in (world.anna, admin):
        client = signed_in(person)
        assert client.get(address("chat_conversation", talk)).status_code == 200
        assert client.post(address(f"chat_{what}", talk), {"text": "x"}).status_code == 403
    talk.refresh_from_db()
    assert (talk.state, talk.operator) == ("active", world.petr)


def test_a74_search_lists_files_and_earlier_talks_show_ones_own_alone(world):
    first = take_in(world.channel, Inbound("c1", "m", "CANARY", [InboundFile("s.txt", b"SECRET")]))
    file = first.attachments.get().file
    desk.close(first.conversation_id, actor=world.anna)
    world.write("Снова")
    talk = world.conversation()
    if talk.operator == world.anna:
        desk.transfer(talk.pk, actor=world.anna, to=world.petr)
    petr, anna = signed_in(world.petr), signed_in(world.anna)
    for box in ("mine", "queue", "others", "closed"):
        found = petr.get("/chat/list/", {"q": "CANARY", "box": box})
        assert f"/chat/{first.conversation_id}/" not in found.content.decode()
    page = petr.get(address("chat_conversation", talk)).content.decode()
    assert f"/chat/{first.conversation_id}/" not in page
    assert petr.get(file.get_absolute_url()).status_code == 404
    own = anna.get(file.get_absolute_url())
    assert own.status_code == 200
    assert b"".join(own.streaming_content) == b"SECRET"
    foreign = keep_file(ContentFile(b"x"), "own.txt", actor=world.anna)
    answer = petr.post(address("chat_say", talk), {"text": "x", "file": foreign.pk})
    assert answer.status_code == 422


def test_a74_odd_values_are_answered(world):
    world.write("Ау")
    client, talk = signed_in(world.anna), world.conversation()
    say = address("chat_say", talk)
    for odd in ({"reply": 10**9}, {"reply": "x"}, {"key": "\0"}, {"key": "к" * 200}, {"file": "x"}):
        answer = client.post(say, {"text": "a\0b", **odd})
        assert answer.status_code in {200, 422}, odd
    assert "ab" in Message.objects.filter(kind="operator").values_list("text", flat=True)
    assert client.get("/chat/list/", {"q": "\0'\"%_\\", "box": "\0"}).status_code == 200
    url = address("chat_messages", talk)
    assert client.get(url, {"after": "9" * 30, "before": "-1"}).status_code == 200
    assert messages.kept_text("a\0\ud800") == "a?"


# --- a window's token opens the window --------------------------------------------------

OPEN = {"chat_window", "chat_window_script", "chat_window_messages", "chat_window_deed"}


def test_a75_a_windows_token_opens_nothing_else(world):
    client = Client(headers={
        "x-svod-visitor": SECRET, "Authorization": f"Bearer {world.channel.token}",
    })  # fmt: skip
    url = f"/chat/w/{world.channel.token}/messages/"
    assert client.post(url, {"text": "CANARY", "key": "1"}).status_code == 200
    for name, entry in sorted(NAMED.items()):
        kinds = entry.pattern.converters
        given = {key: _value(kind, world.channel.token) for key, kind in kinds.items()}
        address_ = reverse(name, kwargs=given)
        answers = [client.get(address_), client.post(address_, {"token": world.channel.token})]
        if name not in PUBLIC:
            closed = {302, 403, 404, 405}
            assert {one.status_code for one in answers} <= closed, name
        elif name not in OPEN | {"password_set"} and "token" in kinds:  # "the link is used up"
            assert not [one for one in answers if one.status_code < 300], name
        if name not in OPEN:
            assert not any(b"CANARY" in getattr(one, "content", b"") for one in answers), name


def _value(kind: Any, token: str) -> Any:
    name = type(kind).__name__
    return token if name == "StringConverter" else SAMPLES[name]


def test_a75_tokens_of_other_kinds_open_no_window_and_the_other_way_round(world):
    hook = create_channel(world.line, "webhook", "w", actor=world.boss)
    window = world.channel.token
    assert Client().get(f"/chat/w/{hook.token}/").status_code == 404
    body = json.dumps({"id": "1", "customer": "c", "text": "x"})
    for token in (window, "x", "%00", "я"):
        for path in ("in", "telegram"):
            answer = Client().post(f"/chat/{path}/{token}/", body, content_type="application/json")
            assert answer.status_code == 404
    assert Client().get("/chat/w/%00/").status_code == 404
    world.write("Ау")
    file = keep_file(ContentFile(b"x"), "a.txt", actor=world.anna)
    sent = desk.say(world.conversation().pk, "x", actor=world.anna, file_ids=[file.pk])
    key = Client().get(f"/chat/in/{hook.token}/files/{sent.attachments.get().pk}/", {"key": "x"})
    assert key.status_code == 404


def test_a75_strangers_with_ever_new_secrets_are_stopped(world, monkeypatch):
    monkeypatch.setattr(visitors, "STRANGERS_A_MINUTE", 3)
    url = f"/chat/w/{world.channel.token}/messages/"
    told = [Client(headers={"x-svod-visitor": f"{number:040}"}).post(url, {"text": "x"}).status_code
            for number in range(5)]  # fmt: skip
    assert told == [200, 200, 200, 429, 429]
    known = Client(headers={"x-svod-visitor": f"{0:040}"})
    assert known.post(url, {"text": "y"}).status_code == 200
    assert Message.objects.filter(kind="customer").count() == 4
