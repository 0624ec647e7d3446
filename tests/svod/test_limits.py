"""A request body is cut at the limit, whether or not it announces its length."""

from __future__ import annotations

import asyncio

import pytest

from svod import limits
from svod.limits import limit_body

MAXIMUM = 10


async def reads_all(scope, receive, send):
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def status(chunks, headers=(), larger=None):
    """The status that a client sees, and how many chunks were taken from it."""
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    sent = []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": list(headers)}
    asyncio.run(limit_body(reads_all, MAXIMUM, larger)(scope, receive, send))
    return sent[0]["status"], len(chunks) - len(waiting)


@pytest.mark.parametrize("chunks", [[b""], [b"x" * 10], [b"x" * 5, b"x" * 5]])
def test_short_enough(chunks):
    assert status(chunks) == (200, len(chunks))


def test_announced_length_is_refused_before_a_byte_is_read():
    assert status([b"x"], [(b"content-length", b"11")]) == (413, 0)


def test_a_lie_or_silence_does_not_help():
    endless = [b"x" * 6] * 100
    assert status(endless) == (413, 2)
    assert status(endless, [(b"content-length", b"5")]) == (413, 2)
    assert status(endless, [(b"content-length", b"-5")]) == (413, 2)


def test_some_may_send_more_when_they_say_so():
    async def larger(scope):
        return 20

    said = [(b"content-length", b"20")]
    assert status([b"x" * 20], said, larger) == (200, 1)
    assert status([b"x" * 20, b"x"], said, larger) == (413, 2)
    assert status([b"x"], [(b"content-length", b"21")], larger) == (413, 0)
    assert status([b"x" * 20], [], larger) == (413, 1)


@pytest.mark.parametrize(("pause", "expected"), [(0.03, 408), (0.001, 200)])
def test_a47_a_body_sent_byte_by_byte(monkeypatch, pause, expected):
    """It is cut off, and its place given to others; what comes fast enough is read to its end."""
    monkeypatch.setattr(limits, "PATIENCE", 0.3 if expected == 200 else 0.05)
    left, sent = 20, []

    async def receive():
        nonlocal left
        await asyncio.sleep(pause)
        left -= 1
        return {"type": "http.request", "body": b"x", "more_body": left > 0}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": []}
    asyncio.run(limit_body(reads_all, 100)(scope, receive, send))
    assert sent[0]["status"] == expected
    assert (left > 0) == (expected == 408)


def test_a47_who_waits_for_an_answer_is_not_cut_off(monkeypatch):
    """After the body comes only word of a disconnect, and that may take as long as a stream."""
    monkeypatch.setattr(limits, "PATIENCE", 0.01)
    messages = [{"type": "http.request", "body": b"x"}, {"type": "http.disconnect"}]
    told = []

    async def receive():
        if len(messages) == 1:
            await asyncio.sleep(0.05)
        return messages.pop(0)

    async def application(scope, receive, send):
        told.extend([(await receive())["type"], (await receive())["type"]])

    asyncio.run(limit_body(application, 100)({"type": "http", "headers": []}, receive, None))
    assert told == ["http.request", "http.disconnect"]


def test_other_protocols_pass():
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(limit_body(application, MAXIMUM)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
