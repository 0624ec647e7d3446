"""Live news through a real web process: who hears what, when a stream ends, what it costs."""

from __future__ import annotations

import asyncio
import signal
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from staff.models import Employee
from staff.services.employees import deactivate_employee
from svod.base.live import _sender, publish
from tests.web_server import APPLICATION, WebServer, cookie_of, web_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.durability]
MANY = 300


@pytest.fixture
def server(free_port: int, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the tests read and write meanwhile
    with web_server(free_port) as running:
        settings.LIVE_REDIS_URL = running.redis.url
        yield running
        _sender(running.redis.url).client.close()


def person(name: str, **more: Any) -> Employee:
    return Employee.objects.create_user(name, f"{name}@svod.example", "x", **more)


async def opened(server: WebServer, cookie: str) -> Any:
    """A stream that has said that it hears."""
    stream = await server.stream(cookie)
    assert stream.status == 200
    while await stream.next() != ("reload", {}):
        pass
    return stream


def test_news_reach_whom_they_are_for(server: WebServer) -> None:
    anna, boris = person("anna"), person("boris")

    async def listen() -> None:
        one, two = await opened(server, cookie_of(anna)), await opened(server, cookie_of(boris))
        with transaction.atomic():
            publish([anna.pk], "never")
            transaction.set_rollback(True)
        with transaction.atomic():
            publish([anna.pk], "first", {"n": 1})
            with pytest.raises(TimeoutError):
                await one.next(0.3)  # nothing before the commit
        publish([anna.pk, boris.pk, anna.pk], "second")
        assert [await one.next(), await one.next()] == [("first", {"n": 1}), ("second", {})]
        assert await two.next() == ("second", {})

    server.run(listen)


def test_strangers_and_too_many_get_none(server: WebServer) -> None:
    anna = person("anna")

    async def listen() -> None:
        stranger = await server.stream("x=y")
        assert stranger.status == 302
        cookie = cookie_of(anna)
        streams = [await opened(server, cookie) for _ in range(10)]
        assert (await server.stream(cookie)).status == 204
        await streams.pop().close()
        await asyncio.sleep(0.5)
        again = await server.stream(cookie)
        assert again.status == 200, "a closed browser gives its place back"

    server.run(listen)


def test_a_stream_ends_with_its_session(server: WebServer) -> None:
    anna, boris, gone, admin = person("anna"), person("boris"), person("gone"), person("admin")
    Employee.objects.filter(pk=admin.pk).update(is_superuser=True)
    admin.refresh_from_db()

    async def listen() -> None:
        cookies = {name: cookie_of(one) for name, one in
                   {"anna": anna, "boris": boris, "gone": gone}.items()}  # fmt: skip
        streams = {name: await opened(server, cookie) for name, cookie in cookies.items()}
        deactivate_employee(gone, actor=admin)
        publish([gone.pk], "secret", {"canary": 1})
        assert await streams["gone"].next() is None, "at the event, and without it"
        began = time.monotonic()
        Session.objects.filter(session_key=cookies["boris"].split("=")[1]).delete()
        assert await streams["boris"].next(16) is None, "within 15 s, without any event"
        assert time.monotonic() - began < 15
        publish([anna.pk], "still")
        assert await streams["anna"].next() == ("still", {})

    server.run(listen)


def test_redis_away_and_back(server: WebServer) -> None:
    anna = person("anna")

    async def listen() -> None:
        stream = await opened(server, cookie_of(anna))
        server.redis.stop()
        assert await stream.next() == ("away", {})
        began = time.monotonic()
        publish([anna.pk], "lost")  # nobody is held up by that
        assert time.monotonic() - began < 1
        late = await server.stream(cookie_of(anna))
        assert await late.next() == ("away", {}), "the page knows that it has to ask"
        server.redis.start()
        assert await stream.next(20) == ("reload", {})
        _sender(server.redis.url).away_until = 0
        publish([anna.pk], "heard")
        assert await stream.next() == ("heard", {})

    server.run(listen)


def test_many_streams_are_cheap(server: WebServer) -> None:
    """300 streams over a pool of four connections: no thread and no connection each."""
    people = Employee.objects.bulk_create(
        Employee(username=f"p{n}", email=f"p{n}@svod.example", password="!") for n in range(MANY)
    )
    cookies = [cookie_of(one) for one in people]

    async def listen() -> None:
        before, threads = server.worker.memory_info().rss, server.worker.num_threads()
        streams = [await opened(server, cookie) for cookie in cookies]
        worker = server.worker
        grown = (worker.memory_info().rss - before) / MANY
        assert worker.num_threads() - threads < 20
        assert connections_of_web() <= 4
        assert grown < 100_000, f"{grown:.0f} bytes a stream"
        began = time.monotonic()
        page = await asyncio.to_thread(urllib.request.urlopen, f"{server.url}/sign-in/")
        page.close()
        asked = time.monotonic() - began
        cpu = sum(worker.cpu_times()[:2])
        publish([one.pk for one in people], "all")
        told = [await stream.next() for stream in streams]
        spent = sum(worker.cpu_times()[:2]) - cpu
        took = time.monotonic() - began
        print(f"{grown:.0f} B a stream, page {asked:.3f} s, told {took:.2f} s, CPU {spent:.3f} s")
        assert told == [("all", {})] * MANY

    server.run(listen)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(15)
    assert time.monotonic() - began < 10


def connections_of_web() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [APPLICATION]
        )
        return int(cursor.fetchone()[0])
