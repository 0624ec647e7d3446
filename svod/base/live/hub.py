"""One subscription to Redis a process, fanned out to all its open streams.

A stream costs a queue and two tasks of the event loop: no thread, no connection. Every
CHECK_EVERY seconds, and before anything is told, the sessions behind the streams are looked at,
all of them at once, by the function that `settings.LIVE_CHECK` names.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio as aioredis
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from svod.base.live import CHANNEL

log = structlog.get_logger(__name__)
CHECK_EVERY = 10.0
RECONNECT_AFTER = 2.0
STREAMS_A_PERSON = 10
WAITING_FRAMES = 100
HEARTBEAT = b":\n\n"
#: To the client: load what you show anew / ask by yourself from time to time, for nobody tells.
RELOAD, AWAY = "reload", "away"


@dataclass(frozen=True)
class Ticket:
    """Whose stream it is, and the session that opened it."""

    employee_id: int
    session: str


@dataclass(eq=False)
class Stream:
    """An open stream; None in the queue ends it."""

    ticket: Ticket
    frames: asyncio.Queue[bytes | None] = field(
        default_factory=lambda: asyncio.Queue(WAITING_FRAMES)
    )

    def put(self, frame: bytes) -> None:
        """One that takes nothing any more is ended: it comes back and loads anew."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(None)


def frame(event: str, data: Any = None) -> bytes:
    """An event as static/src/lib/live.ts reads it."""
    return f"data: {json.dumps({'event': event, 'data': data or {}})}\n\n".encode()


class Hub:
    """The open streams of one event loop; it works while there are any."""

    def __init__(self) -> None:
        self.streams: dict[int, list[Stream]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        #: RELOAD while subscribed, AWAY while Redis is away, None before either is known.
        self._state: str | None = None

    def open(self, ticket: Ticket) -> Stream | None:
        """A stream that is told of everything from now on; None when the person has enough."""
        own = self.streams.setdefault(ticket.employee_id, [])
        if len(own) >= STREAMS_A_PERSON:
            return None
        stream = Stream(ticket)
        own.append(stream)
        if self._state:
            stream.put(frame(self._state))
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._watch())]
        return stream

    def close(self, stream: Stream) -> None:
        own = self.streams.get(stream.ticket.employee_id, [])
        if stream in own:
            own.remove(stream)
        if not own:
            self.streams.pop(stream.ticket.employee_id, None)
        if not self.streams:
            for task in self._tasks:
                task.cancel()
            self._tasks, self._state = [], None

    def _all(self) -> list[Stream]:
        return [stream for own in self.streams.values() for stream in own]

    def _turn(self, state: str) -> None:
        if self._state != state:
            self._state = state
            self._tell_all(frame(state))

    def _tell_all(self, told: bytes) -> None:
        for stream in self._all():
            stream.put(told)

    # --- from Redis ---------------------------------------------------------------------

    async def _listen(self) -> None:
        """Subscribed as long as Redis is there; the streams know when it is not."""
        while True:
            try:
                await self._subscribed()
            except (RedisError, OSError) as error:
                log.info("live_redis_away", error=type(error).__name__)
            self._turn(AWAY)
            await asyncio.sleep(RECONNECT_AFTER)

    async def _subscribed(self) -> None:
        client = aioredis.Redis.from_url(settings.LIVE_REDIS_URL, health_check_interval=5)
        async with client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(CHANNEL)
            await subscription.ping()
            self._turn(RELOAD)
            while True:
                waiting = await subscription.get_message(timeout=5)
                if waiting is not None:
                    await self._pass_on([waiting, *await _more(subscription)])

    async def _pass_on(self, messages: Collection[dict[str, Any]]) -> None:
        """To the streams of whom the messages name, once these may still hear them."""
        news = [json.loads(one["data"]) for one in messages if one["type"] == "message"]
        wanted = [one for message in news for one in message["to"] if one in self.streams]
        await self._check([stream for one in set(wanted) for stream in self.streams[one]])
        for message in news:
            told = frame(message["event"], message["data"])
            for employee_id in message["to"]:
                for stream in self.streams.get(employee_id, ()):
                    stream.put(told)

    # --- who may still listen -----------------------------------------------------------

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY)
            await self._check(self._all())
            self._tell_all(HEARTBEAT)

    async def _check(self, streams: Collection[Stream]) -> None:
        """End the streams whose session is over. Where that cannot be known, all of them."""
        tickets = {stream.ticket for stream in streams}
        valid: Collection[Ticket] = ()
        if tickets:
            try:
                valid = await sync_to_async(_valid, thread_sensitive=False)(tickets)
            except Exception as error:  # noqa: BLE001 - whatever a database does
                log.warning("live_check_failed", error=type(error).__name__)
        for stream in streams:
            if stream.ticket not in valid:
                self.close(stream)
                stream.end()


def _valid(tickets: Collection[Ticket]) -> Collection[Ticket]:
    check: Callable[[Collection[Ticket]], Collection[Ticket]] = import_string(settings.LIVE_CHECK)
    try:
        return check(tickets)
    finally:
        connections.close_all()  # back into the pool: this thread sleeps for seconds now


async def _more(subscription: Any) -> list[dict[str, Any]]:
    """What else has come already, so that a burst is checked once."""
    found: list[dict[str, Any]] = []
    with suppress(asyncio.TimeoutError):
        while len(found) < WAITING_FRAMES and (one := await subscription.get_message(timeout=0)):
            found.append(one)
    return found
