"""A request body is cut at the limit, whether or not it announces its length."""

from __future__ import annotations

import asyncio

import pytest

from svod.limits import limit_body

MAXIMUM = 10


async def reads_all(scope, receive, send):
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def status(chunks, headers=()):
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
    asyncio.run(limit_body(reads_all, MAXIMUM)(scope, receive, send))
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


def test_other_protocols_pass():
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(limit_body(application, MAXIMUM)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]
