"""Fifty conversations while workers and Redis are killed: nothing lost, doubled or out of order.

Twenty visitors write in chat windows, fifteen customers to a bot, fifteen through a program of
their own; five operators answer. Two real Celery workers read and send; each of them and Redis
are killed (SIGKILL) in the middle and started again.

A channel gets an answer at least once: a worker killed between the channel's yes and its note
sends it again. Where the channel can know a repeat (the webhook's `webhook-id`) it is told as
one; Telegram has no such key, so its customer may see the answer that was on its way at a kill
twice, and never out of order.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.db.models import Count, F, Q
from django.test import Client

from openlines.models import Channel, Conversation, Message
from openlines.services import desk, visitors
from openlines.services.lines import create_channel, create_line, set_members
from staff.models import Employee
from svod.embedded import places
from tests.openlines.fake_servers import TOKEN, FakeProgram, FakeTelegram
from tests.web_server import ROOT, OwnRedis, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.durability]
WINDOWS, BOTS, PROGRAMS = 20, 15, 15
ROUNDS, OPERATORS = 3, 5
DEADLINE = 90
#: The lease is what a killed sender leaves behind; two seconds instead of a minute.
WORKER = """
import sys
from datetime import timedelta
import svod.celery, django
django.setup()
from openlines.services import parts, sending
sending.LEASE = parts.LEASE = timedelta(seconds=2)
svod.celery.app.worker_main(["worker", "--concurrency", "2", "--loglevel", "warning",
                             "--without-gossip", "--without-mingle", "-n", sys.argv[1]])
"""


class Workers:
    """Celery workers over the test's database, in process groups of their own."""

    def __init__(self, redis: OwnRedis, folder: Path, fakes: list[str]) -> None:
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "svod.settings",
            "SVOD_ENV": "development",
            "SVOD_VAR": str(folder),
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis.url,
            "SECRET_KEY": settings.SECRET_KEY,
            "SVOD_SECRET_KEYS": settings.SVOD_SECRET_KEYS,
            "SVOD_OUTSIDE_ALLOWED": ",".join(fakes),
            "PORTAL_URL": "https://portal.example",
        }
        self.folder, self.running = folder, dict[str, subprocess.Popen[bytes]]()

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-c", WORKER, name], cwd=ROOT, env=self.environment,
                start_new_session=True, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_all(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def log(self) -> str:
        return "".join(path.read_text()[-3000:] for path in self.folder.glob("*.log"))


class Beat:
    """Says "look" to the workers, as beat does; what Redis does not take is lost."""

    def __init__(self, redis: OwnRedis) -> None:
        broker = places.broker(redis.url)
        self.app = Celery("beat", broker=broker, set_as_current=False)
        self.app.conf.task_default_queue = "default"
        self.app.conf.broker_transport_options = {"socket_timeout": 1, "socket_connect_timeout": 1}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while not self.over.wait(0.25):
            for task in ("openlines.work", "openlines.send", "openlines.read"):
                with suppress(Exception):
                    self.app.send_task(task, retry=False, expires=5)

    def stop(self) -> None:
        self.over.set()
        self.thread.join(5)
        self.app.close()


class World:
    """A line with three channels, five operators, and fifty who write."""

    def __init__(self, telegram: FakeTelegram, program: FakeProgram) -> None:
        self.telegram, self.program = telegram, program
        self.boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
        self.people = [Employee.objects.create_user(f"o{n}", f"o{n}@svod.example", "x")
                       for n in range(OPERATORS)]  # fmt: skip
        line = create_line(actor=self.boss, name="Продажи", greeting="Здравствуйте!")
        set_members(line, self.people, [self.boss], actor=self.boss)
        given: dict[str, Any] = {
            "web": {},
            "telegram": {"settings": {"address": telegram.url}, "secret": TOKEN},
            "webhook": {"settings": {"url": program.url}},
        }
        self.channels = {kind: create_channel(line, kind, kind, actor=self.boss, **more)
                         for kind, more in given.items()}  # fmt: skip
        self.over = threading.Event()
        self.kills: list[float] = []
        telegram.delay = program.delay = 0.03  # long enough for a kill to meet some of them

    # --- customers ---------------------------------------------------------------------

    def window(self, number: int) -> Client:
        return Client(headers={"x-svod-visitor": f"{number:040}"})

    def visitor_writes(self, number: int, turn: int) -> None:
        url = f"/chat/w/{self.channels['web'].token}/messages/"
        values = {"text": f"вопрос {turn}", "key": f"k{turn}"}
        for _time in range(2):  # a browser that heard no answer says it again
            assert self.window(number).post(url, values).status_code == 200

    def bot_hears(self, number: int, turn: int) -> None:
        with self.telegram.lock:
            self.telegram.write(chat=1 + number, text=f"вопрос {turn}")

    def program_brings(self, number: int, turn: int) -> None:
        url = f"/chat/in/{self.channels['webhook'].token}/"
        body = {"id": f"m{turn}", "customer": str(number), "text": f"вопрос {turn}"}
        for _time in range(2):
            answer = Client().post(url, body, content_type="application/json")
            assert answer.status_code == 200, answer.content

    def customers(self) -> Iterator[Callable[[int], None]]:
        for write, count in ((self.visitor_writes, WINDOWS), (self.bot_hears, BOTS),
                             (self.program_brings, PROGRAMS)):  # fmt: skip
            for number in range(count):
                yield lambda turn, write=write, number=number: write(number, turn)

    # --- operators ---------------------------------------------------------------------

    def answer(self, operator: Employee) -> None:
        """Answer every question once, in its order, until all is over."""
        try:
            while not self.over.is_set():
                for talk in self.unanswered(operator):
                    self.answer_one(talk, operator)
                self.over.wait(0.2)
        finally:
            connections.close_all()

    def unanswered(self, operator: Employee) -> list[Conversation]:
        rows = Conversation.objects.filter(operator=operator).annotate(
            asked=Count("messages", filter=Q(messages__kind="customer")),
            answered=Count("messages", filter=Q(messages__kind="operator")),
        )
        return list(rows.filter(asked__gt=F("answered")))

    def answer_one(self, talk: Conversation, operator: Employee) -> None:
        rows = Message.objects.filter(conversation=talk)
        asked = list(rows.filter(kind="customer").order_by("seq").values_list("text", flat=True))
        answered = rows.filter(kind="operator").count()
        for text in asked[answered:]:
            for _time in range(2):  # and a desk whose answer was lost, too
                desk.say(talk.pk, f"на {text}", actor=operator, client_key=f"k:{text}")

    def is_done(self) -> bool:
        said = Message.objects.filter(kind="operator")
        return (
            said.count() == (WINDOWS + BOTS + PROGRAMS) * ROUNDS
            and not Message.objects.filter(state="new").exists()
        )


@contextmanager
def running(tmp_path: Path, monkeypatch: Any) -> Iterator[tuple[World, OwnRedis, Workers, Beat]]:
    cache.clear()
    monkeypatch.setattr(visitors, "STRANGERS_A_MINUTE", 1000)
    with ExitStack() as ends:
        telegram, program, redis = FakeTelegram(), FakeProgram(), OwnRedis(tmp_path)
        ends.callback(telegram.close)
        ends.callback(program.close)
        redis.start()
        ends.callback(redis.stop)
        workers = Workers(redis, tmp_path, [*telegram.places, *program.places])
        ends.callback(workers.kill_all)
        workers.start("one")
        workers.start("two")
        world, beat = World(telegram, program), Beat(redis)
        ends.callback(beat.stop)
        ends.callback(world.over.set)
        yield world, redis, workers, beat


def until(ready: Callable[[], bool], workers: Workers) -> None:
    end = time.monotonic() + DEADLINE
    while not ready():
        assert time.monotonic() < end, workers.log()
        time.sleep(0.1)


def test_kills_lose_double_and_disorder_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    with (
        running(tmp_path, monkeypatch) as (world, redis, workers, _beat),
        ThreadPoolExecutor(OPERATORS + 6) as pool,
    ):
        operators = [pool.submit(world.answer, one) for one in world.people]
        sent = lambda number: lambda: len(world.program.got) + len(world.telegram.got) >= number  # noqa: E731
        for turn in range(ROUNDS):
            list(pool.map(closing, [(write, turn) for write in world.customers()]))
            until(sent(20 + turn * 30), workers)
            {0: lambda: replace_worker(world, workers, "one"), 1: lambda: restart(redis),
             2: lambda: replace_worker(world, workers, "two")}[turn]()  # fmt: skip
        until(world.is_done, workers)
        world.over.set()
        for one in operators:
            one.result()
        check_database(world)
        check_windows(world)
        check_bots(world)
        check_programs(world)


def closing(given: tuple[Callable[[int], None], int]) -> None:
    write, turn = given
    try:
        write(turn)
    finally:
        connections.close_all()


def replace_worker(world: World, workers: Workers, name: str) -> None:
    world.kills.append(time.monotonic())
    workers.kill(name)
    world.kills.append(time.monotonic())
    workers.start(f"{name}-again")


def restart(redis: OwnRedis) -> None:
    redis.kill()
    time.sleep(0.3)
    redis.start()


QUESTIONS = [f"вопрос {turn}" for turn in range(ROUNDS)]
ANSWERS = [f"на {text}" for text in QUESTIONS]
TOLD = ["Здравствуйте!", *ANSWERS]


def check_database(world: World) -> None:
    assert Conversation.objects.count() == WINDOWS + BOTS + PROGRAMS
    said: dict[int, list[Message]] = defaultdict(list)
    for message in Message.objects.order_by("conversation", "seq"):
        said[message.conversation_id].append(message)
    for rows in said.values():
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert [row.text for row in rows if row.kind == "customer"] == QUESTIONS
        assert [row.text for row in rows if row.kind in {"operator", "auto"}] == TOLD
        assert {row.state for row in rows} == {"sent"}
    operators = Conversation.objects.values_list("operator", flat=True)
    assert set(operators) == {one.pk for one in world.people}


def check_windows(world: World) -> None:
    url = f"/chat/w/{world.channels['web'].token}/messages/"
    for number in range(WINDOWS):
        shown = world.window(number).get(url).json()["messages"]
        assert [one["text"] for one in shown if one["mine"]] == QUESTIONS
        assert [one["text"] for one in shown if not one["mine"]] == TOLD
        assert [one["id"] for one in shown] == sorted({one["id"] for one in shown})


def check_bots(world: World) -> None:
    """In order; what was on its way when a worker was killed may stand there twice."""
    got: dict[str, list[str]] = defaultdict(list)
    for chat, _method, text in world.telegram.got:
        got[chat].append(text)
    assert len(got) == BOTS
    for texts in got.values():
        assert [text for text, _repeats in groupby(texts)] == TOLD
    check_repeats(world, world.telegram.got, world.telegram.at)


def check_programs(world: World) -> None:
    """Each id once after repeats are dropped, and a repeat says the same."""
    got: dict[str, dict[str, str]] = defaultdict(dict)
    keys = [one["webhook-id"] for one in world.program.headers]
    for key, body in zip(keys, world.program.got, strict=True):
        assert body["text"] == got[body["customer"]].setdefault(key, body["text"])
    assert [list(texts.values()) for texts in got.values()] == [TOLD] * PROGRAMS
    check_repeats(world, keys, world.program.at)
    assert Channel.objects.get(kind="telegram").error == ""


def check_repeats(world: World, taken: Sequence[Any], at: Sequence[float]) -> None:
    """Nothing came twice but what was on its way at a kill."""
    first: dict[Any, float] = {}
    for one, moment in zip(taken, at, strict=True):
        begun = first.setdefault(one, moment)
        assert begun == moment or any(0 <= kill - begun < ON_ITS_WAY for kill in world.kills), one


#: So long an answer may be on its way before the sender notes that it was taken.
ON_ITS_WAY = 2.0
