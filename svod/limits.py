"""No request is longer or slower than the portal allows, and no more are worked on at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from time import monotonic
from typing import Any

from svod.base.asgi import Application, Message, Receive, Send

TEXTS = {
    408: "Запрос шёл слишком долго. / The request took too long.",
    413: "Запрос слишком большой. / The request is too large.",
}
#: A body has so many seconds, and one more for each SLOWEST bytes that have come: whoever
#: sends a byte a second keeps none of the places of `limit_requests`.
PATIENCE = 60.0
SLOWEST = 8_192
Room = Callable[[MutableMapping[str, Any]], Awaitable[int]]
"""How many bytes the body of this request may have."""


class Refused(Exception):
    """The body has passed a limit; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def limit_body(application: Application, maximum: int, larger: Room | None = None) -> Application:
    """An ASGI application that answers 413 to bodies above `maximum` bytes, 408 to slow ones.

    Django would spool the whole body to disk before any of its middleware runs. `larger` is asked
    about a request that announces more.
    """

    async def limited(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        length, most = announced_length(scope), maximum
        if length > most and larger is not None:
            most = await larger(scope)
        if length > most:
            await refuse(send, 413)
        else:
            try:
                await application(scope, counted(receive, most), send)
            except Refused as refused:
                await refuse(send, refused.status)

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
    taken, whole = 0, False
    begun: float | None = None

    async def take() -> Message:
        nonlocal taken, whole, begun
        begun = begun or monotonic()  # when it is read, not when it waited for its turn
        left = None if whole else begun + PATIENCE + taken / SLOWEST - monotonic()
        try:
            async with asyncio.timeout(left):
                message = await receive()
        except TimeoutError:
            raise Refused(408) from None
        taken += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if taken > maximum:
            raise Refused(413)
        return message

    return take


async def refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": TEXTS[status].encode()})
