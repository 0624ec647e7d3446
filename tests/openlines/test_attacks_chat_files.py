"""A-46: files by visitors and channels: their names, their kinds, how many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openlines.chat_channels.base import Inbound, InboundFile
from openlines.models import Message
from openlines.services import incoming_files, visitors
from openlines.services.inbox import take_in
from tests.openlines.chat_world import Chat, chat

pytestmark = pytest.mark.django_db
SECRET = "a" * 40
NAMES = (
    "../../x.txt", "..\\..\\x.txt", "a\0.png.txt", "x" * 300 + ".txt", "\u202egnp.txt", "CON",
    "a\r\nSet-Cookie: x=1.txt", 'a"; filename="b.html', "<img src=x onerror=alert(1)>.txt", "", ".",
)  # fmt: skip


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> Iterator[Chat]:
    cache.clear()
    settings.MEDIA_ROOT = tmp_path
    settings.PORTAL_URL = "https://portal.example/"
    return chat()


@pytest.mark.parametrize("name", NAMES)
def test_a46_names_are_safe_from_whichever_side(world, name):
    client = Client(headers={"x-svod-visitor": SECRET})
    url = f"/chat/w/{world.channel.token}/messages/"
    client.post(url, {"text": "x", "key": "1", "file": SimpleUploadedFile("x", b"text")})
    take_in(
        world.channel, Inbound(visitors.hash_of(SECRET), "m", "y", [InboundFile(name, b"text")])
    )
    for message in client.get(url).json()["messages"]:
        for shown in message["files"]:
            assert 0 < len(shown["name"]) <= 200
            assert not set(shown["name"]) & set("/\\\0\r\n\u202e")
            sent = Client().get(shown["url"])
            assert b"".join(sent.streaming_content) == b"text"
            header = sent["Content-Disposition"]
            assert header.startswith("attachment")
            assert "\n" not in header
            assert sent["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in sent["Content-Security-Policy"]
            stored = Message.objects.get(pk=message["id"]).attachments.get().file.content.name
            assert name.strip(".") not in stored or not name.strip(".")


def test_a46_pages_and_programs_in_the_clothes_of_pictures_are_refused(world):
    evil = [("a.png", b"<script>alert(1)</script>"), ("a.jpg", b"MZ\x90"), ("a.pdf", b"<html>"),
            ("a.gif", b"GIF89a<script>"), ("a.docx", b"<!doctype html>")]  # fmt: skip
    files = [InboundFile(name, content) for name, content in evil]
    message = take_in(world.channel, Inbound("c", "m", "", files))
    assert not message.attachments.exists()
    assert all(name in message.text for name, _content in evil)
    kept = take_in(world.channel, Inbound("c", "n", "", [InboundFile("a.svg", b"<svg onload=x>")]))
    address = kept.attachments.get().file.get_absolute_url()
    client = Client()
    client.force_login(world.anna)
    sent = client.get(address)
    assert sent["Content-Disposition"].startswith("attachment")
    assert b"".join(sent.streaming_content)


def test_a46_too_many_and_too_large_are_told(world):
    client = Client(headers={"x-svod-visitor": SECRET})
    url = f"/chat/w/{world.channel.token}/messages/"
    many = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(6)]
    assert client.post(url, {"text": "x", "key": "1", "file": many}).status_code == 422
    files = [InboundFile(f"{number}.txt", b"x") for number in range(12)]
    message = take_in(world.channel, Inbound("c", "m", "", files))
    assert message.attachments.count() == 10
    assert "2" in message.text


def test_a46_what_strangers_send_does_not_fill_the_disk(world, settings, monkeypatch):
    """So many bytes of one customer, so many of a channel; what comes above them is named."""
    monkeypatch.setattr(incoming_files, "CUSTOMER_BYTES", 25)
    settings.CHAT_FILES_MAX_BYTES = 45
    url = f"/chat/w/{world.channel.token}/messages/"

    def sends(who: str, *sizes: int) -> list[str]:
        files = [SimpleUploadedFile(f"{size}.txt", b"x" * size) for size in sizes]
        Client(headers={"x-svod-visitor": who * 40}).post(url, {"text": who, "file": files})
        message = Message.objects.filter(kind="customer").latest("pk")
        assert message.text.startswith(who)
        assert all(f"{size}.txt" in message.text for size in sizes[message.attachments.count() :])
        return [one.file.name for one in message.attachments.select_related("file")]

    assert sends("a", 20, 10) == ["20.txt"]
    assert sends("a", 5) == ["5.txt"]  # what was refused has not been counted
    assert sends("b", 10) == ["10.txt"]
    assert sends("c", 11) == []
    assert sends("c", 10) == ["10.txt"]


def test_a46_uploads_are_not_looked_at_before_the_pace_is_asked(world, monkeypatch):
    monkeypatch.setattr(visitors, "A_MINUTE", 1)
    client = Client(headers={"x-svod-visitor": SECRET})
    url = f"/chat/w/{world.channel.token}/messages/"
    many = {"text": "x", "file": [SimpleUploadedFile(f"{one}.txt", b"x") for one in range(6)]}
    assert [client.post(url, many).status_code for _time in range(2)] == [422, 429]
