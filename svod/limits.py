"""No request is longer than the portal allows, and no more are worked on at once."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from svod.base.asgi import Application, Message, Receive, Send

TEXT = "Запрос слишком большой. / The request is too large.".encode()


class TooLong(Exception):
    """The body has passed the limit."""


def limit_body(application: Application, maximum: int) -> Application:
    """An ASGI application that answers 413 to bodies above `maximum` bytes.

    Django would spool the whole body to disk before any of its middleware runs.
    """

    async def limited(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif announced_length(scope) > maximum:
            await refuse(send)
        else:
            try:
                await application(scope, counted(receive, maximum), send)
            except TooLong:
                await refuse(send)

    return limited


def limit_requests(application: Application, maximum: int) -> Application:
    """An ASGI application that works on so many requests at once; the others wait their turn."""
    places = asyncio.Semaphore(maximum)

    async def limited(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        async with places:
            await application(scope, receive, send)

    return limited


def announced_length(scope: MutableMapping[str, Any]) -> int:
    """The Content-Length, or 0 when there is none or it is no number."""
    value = dict(scope["headers"]).get(b"content-length", b"")
    return int(value) if value.isdigit() else 0


def counted(receive: Receive, maximum: int) -> Receive:
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > maximum:
            raise TooLong
        return message

    return take


async def refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TEXT})
