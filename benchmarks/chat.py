"""`python -m benchmarks.chat`: how fast a message is on the other side, and 300 open streams.

A real web process (granian, one worker), Redis and PostgreSQL; a visitor and an operator each
with a live stream. Each way is measured twice: until the stream tells that there is something,
and until the text itself has been fetched. The limit is a bare `PUBLISH` to Redis that comes out
of the same kind of stream. Writes its part of RESULTS.md.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import platform
import socket
import sys
from collections.abc import Awaitable, Callable
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    import django

    django.setup()

import redis
from django.conf import settings
from django.db import connection

from benchmarks import report
from openlines.models import Channel, Conversation, Customer
from openlines.selectors.window import stream_ticket
from openlines.services import visitors
from openlines.services.lines import create_channel, create_line, set_members
from staff.models import Employee
from svod.base.live import CHANNEL
from tests.web_server import Stream, WebServer, cookie_of, web_server

ROUNDS, STREAMS, VISITORS = 60, 300, 8
HEAD = """## Chats

`python -m benchmarks.chat`; {machine}; load {load:.1f} at the start, {end:.1f} at the end. A
message from the POST that says it to the other side's live stream ("told") and until its text
has been fetched ("shown"); the limit is a bare PUBLISH to Redis, out of the same stream. ms.

| way | p50 | p95 | bar |
|---|---|---|---|
"""
TAIL = """
{streams} open streams of visitors cost {grown:.0f} bytes of memory each, {threads} threads and
{connections} database connections in all.
"""


class Side:
    """One connection to the portal that is kept open, with its own headers."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.headers = headers

    def ask(self, method: str, path: str, **values: Any) -> bytes:
        body = urlencode(values) if method == "POST" else None
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        answer = self._answer(method, path, body, {**self.headers, **kind})
        content = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status} {content[:200]!r}")
        return content

    def _answer(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """Once more on a new connection where the server has closed the one that rested."""
        try:
            self.http.request(method, path, body, headers)
            return self.http.getresponse()
        except (http.client.HTTPException, OSError):
            self.http.close()
            self.http.request(method, path, body, headers)
            return self.http.getresponse()


class Bench:
    def __init__(self, server: WebServer) -> None:
        self.server = server
        boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
        anna = Employee.objects.create_user("anna", "anna@svod.example", "x")
        line = create_line(actor=boss, name="Продажи")
        set_members(line, [anna], [], actor=boss)
        self.channel = create_channel(line, "web", "Сайт", actor=boss)
        # One visitor may write thirty times a minute, so they take turns.
        self.secrets = [f"{number:040}" for number in range(VISITORS)]
        for secret in self.secrets:
            visitors.write(self.channel, secret, "Здравствуйте", key="first")
        self.talks = list(Conversation.objects.order_by("pk"))
        self.customer = self.talks[0].customer
        self.anna, self.cookie = anna, cookie_of(anna)
        csrf = "c" * 32
        desk = {"Cookie": f"{self.cookie}; {settings.CSRF_COOKIE_NAME}={csrf}", "X-CSRFToken": csrf}
        self.sides = [Side(server.port, {"X-Svod-Visitor": one}) for one in self.secrets]
        self.desk = Side(server.port, desk)
        self.window = f"/chat/w/{self.channel.token}/messages/"
        self.seqs = [one.last_seq for one in self.talks]
        self.turn = self.number = self.last = 0

    # --- the two ways ------------------------------------------------------------------

    def to_operator(self) -> None:
        self.turn = (self.turn + 1) % VISITORS
        self.seqs[self.turn] += 1
        self.number += 1
        said = {"text": f"В{self.number}", "key": f"k{self.number}"}
        self.sides[self.turn].ask("POST", self.window, **said)

    def to_visitor(self) -> None:
        self.seqs[0] += 1
        self.number += 1
        said = {"text": f"О{self.number}", "key": f"k{self.number}"}
        self.desk.ask("POST", f"/chat/{self.talks[0].pk}/say/", **said)

    def seen_by_operator(self) -> None:
        after = self.seqs[self.turn] - 1
        self.desk.ask("GET", f"/chat/{self.talks[self.turn].pk}/messages/?after={after}")

    def seen_by_visitor(self) -> None:
        shown = json.loads(self.sides[0].ask("GET", f"{self.window}?after={self.last}"))
        self.last = shown["messages"][-1]["id"]

    def bare(self) -> None:
        told = {"to": [self.anna.pk], "event": "chat", "data": {"what": "message"}}
        self.redis.publish(CHANNEL, json.dumps(told))

    @property
    def redis(self) -> Any:
        if not hasattr(self, "_redis"):
            self._redis = redis.Redis.from_url(self.server.redis.url)
        return self._redis

    async def opened(self, customer: Customer | None = None) -> Stream:
        path = f"/chat/w/live/?ticket={stream_ticket(customer)}" if customer else "/live/"
        stream = await self.server.stream(self.cookie, path)
        while await stream.next() != ("reload", {}):
            pass
        return stream


async def measured(
    say: Callable[[], None], stream: Stream, see: Callable[[], None] | None
) -> tuple[list[float], list[float]]:
    """Milliseconds until told, and until shown, of each round."""
    told, shown = [], []
    for turn in range(ROUNDS + 5):
        while await _quiet(stream):
            pass
        begun = perf_counter()
        said = asyncio.create_task(asyncio.to_thread(say))
        await _message(stream)
        heard = perf_counter()
        if see:
            await asyncio.to_thread(see)
        done = perf_counter()
        await said
        if turn >= 5:  # the first ones warm up
            told.append((heard - begun) * 1000)
            shown.append((done - begun) * 1000)
    return told, shown


async def _message(stream: Stream) -> None:
    while (event := await stream.next()) is not None:
        if event[0] == "chat" and event[1].get("what") == "message":
            return


async def _quiet(stream: Stream) -> bool:
    """Whether something more came of the round before."""
    try:
        await stream.next(0.05)
    except TimeoutError:
        return False
    return True


def row(way: str, times: list[float], bar: str = "") -> str:
    return f"| {way} | {median(times):.1f} | {quantiles(times, n=20)[-1]:.1f} | {bar} |"


async def measure(bench: Bench, lines: list[str], more: str = "") -> None:
    desk, window = await bench.opened(), await bench.opened(bench.customer)
    ways: list[tuple[str, Callable[[], None], Stream, Callable[[], None] | None]] = [
        ("visitor → operator", bench.to_operator, desk, bench.seen_by_operator),
        ("operator → visitor", bench.to_visitor, window, bench.seen_by_visitor),
    ]
    for way, say, stream, see in ways:
        told, shown = await measured(say, stream, see)
        lines += [row(f"{way}, told{more}", told), row(f"{way}, shown{more}", shown, "≤ 1,000")]
    told, _shown = await measured(bench.bare, desk, None)
    lines.append(row(f"limit: PUBLISH → stream{more}", told))
    await desk.close()
    await window.close()


async def run(bench: Bench) -> tuple[list[str], dict[str, Any]]:
    lines: list[str] = []
    await measure(bench, lines)
    worker = bench.server.worker
    before, threads = worker.memory_info().rss, worker.num_threads()
    opening: list[Awaitable[Stream]] = [bench.opened(one) for one in strangers(bench.channel)]
    streams = [await one for one in opening]
    facts = {
        "streams": len(streams),
        "grown": (worker.memory_info().rss - before) / len(streams),
        "threads": worker.num_threads() - threads,
        "connections": connections_of_web(),
    }
    await measure(bench, lines, f", {STREAMS} streams open")
    return lines, facts


def strangers(channel: Channel) -> list[Customer]:
    return Customer.objects.bulk_create(
        Customer(channel=channel, external_id=f"s{number}") for number in range(STREAMS)
    )


def connections_of_web() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'svod-web-of-a-test'"
        )
        return int(cursor.fetchone()[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    load = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    found: list[Any] = []
    try:
        with web_server(free_port()) as server:
            bench = Bench(server)

            async def all_of_it() -> None:
                found.extend(await run(bench))

            server.run(all_of_it)
    finally:
        connection.close()
        connection.creation.destroy_test_db("", verbosity=0)
    lines, facts = found
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    text = HEAD.format(machine=machine, load=load, end=os.getloadavg()[0])
    text += "\n".join(lines) + "\n" + TAIL.format(**facts)
    report.put(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
