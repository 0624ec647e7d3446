"""`/live/`: Django decides who may listen, then lets go of the request and the stream begins.

The view takes a ticket from the scope and answers as usual: every middleware has its say, and
the request's thread and database connection are given back before the first event is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings
from django.http import HttpRequest

from svod.base.asgi import Application, Message, Receive, Send
from svod.base.live.hub import Hub, Stream, Ticket

OFFER = "svod.live"
OWN_HEADERS = {b"content-type", b"content-length", b"cache-control"}
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


@dataclass
class Offer:
    """What the server offers to the view: a stream for the ticket that it puts here."""

    ticket: Ticket | None = None


def take_stream(request: HttpRequest, ticket: Ticket) -> bool:
    """Have this request answered by a stream; False where the server gives none."""
    offer = getattr(request, "scope", {}).get(OFFER)
    if offer is None or not settings.LIVE_REDIS_URL or _is_of_another_site(request):
        return False
    offer.ticket = ticket
    return True


def _is_of_another_site(request: HttpRequest) -> bool:
    """A page elsewhere could read nothing, but would hold a stream of the person's."""
    origin = request.headers.get("Origin", "")
    foreign = request.headers.get("Sec-Fetch-Site", "") in {"cross-site", "same-site"}
    return foreign or bool(origin and urlsplit(origin).netloc != request.get_host())


def live_streams(application: Application, *paths: str) -> Application:
    """An ASGI application that opens a stream where the view at one of `paths` took a ticket."""

    async def live(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in paths:
            await application(scope, receive, send)
            return
        offer = Offer()
        held: list[Message] = []

        async def hold(message: Message) -> None:
            if offer.ticket is None:
                await send(message)
            else:
                held.append(message)

        await application({**scope, OFFER: offer}, receive, hold)
        if offer.ticket is not None:
            await _answer(offer.ticket, held, receive, send)

    return live


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


async def _answer(ticket: Ticket, held: list[Message], receive: Receive, send: Send) -> None:
    """Stream, under the headers of Django's answer; without a place the answer has no content,
    which tells an EventSource not to come back."""
    given = next((one["headers"] for one in held if one["type"] == "http.response.start"), ())
    headers = [pair for pair in given if pair[0].lower() not in OWN_HEADERS]
    stream = hub().open(ticket)
    if stream is None:
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, *HEADERS]})
    await _stream(stream, receive, send)


async def _stream(stream: Stream, receive: Receive, send: Send) -> None:
    leaving = asyncio.create_task(_end_with(receive, stream))
    try:
        while (frame := await stream.frames.get()) is not None:
            await send({"type": "http.response.body", "body": frame, "more_body": True})
        with suppress(Exception):  # the browser may be gone
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        hub().close(stream)
        leaving.cancel()


async def _end_with(receive: Receive, stream: Stream) -> None:
    """Wait until the browser goes."""
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()
