"""Real servers and real workers of the kill test, and what is done to them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import redis

from svod.embedded import process
from svod.embedded.errors import EmbeddedError
from svod.embedded.postgres import Postgres
from svod.embedded.redis import Redis
from tests import database

ROOT = Path(__file__).resolve().parents[3]
WORLD = ["-m", "tests.durability.engine.world"]
OPEN = """
    SELECT (SELECT count(*) FROM workflows_instance WHERE status IN ('running', 'waiting'))
         + (SELECT count(*) FROM workflows_outgoing WHERE state = 'new')
         + (SELECT count(*) FROM lists_core_outboxevent WHERE NOT handled)
"""
CELERY = ["-m", "celery", "--quiet", "--skip-checks", "--app"]


class Stub:
    """The other side of external effects: counts each key."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        stub = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                stub.seen[body["key"]] += 1
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Portal:
    """PostgreSQL, Redis, a worker of two processes, two beats; all of it may be killed."""

    def __init__(self, var: Path, environment: dict[str, str], stub: Stub) -> None:
        self.var = var
        self.faults = var / "faults"
        self.faults.mkdir(parents=True)
        self.postgres = Postgres(var)
        self.redis = Redis(var)
        self.environment = environment | {
            "SVOD_VAR": str(var), "FAULTS": str(self.faults), "STUB_URL": stub.url,
            "PYTHONWARNINGS": "ignore", "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "svod.settings",
        }  # fmt: skip
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._steps_at_last_kill = 0

    def start(self) -> None:
        database.seed(self.var)
        self.postgres.start(leash=True)
        self.postgres.create_database()
        self.redis.start(leash=True)
        self.python("manage.py", "migrate", "--verbosity", "0")
        self.python(*WORLD, "make")

    def python(self, *command: str) -> str:
        """Run to the end; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, check=True,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout

    def keep_running(self, name: str, *command: str) -> None:
        """Start the program unless it runs."""
        child = self.children.get(name)
        if child is None or child.poll() is not None:
            log = (self.var / f"{name}.log").open("ab")
            with log:
                self.children[name] = subprocess.Popen(
                    [sys.executable, *command], cwd=ROOT, env=self.environment,
                    stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip

    def keep_all(self) -> None:
        worker = [*CELERY, "tests.durability.engine.app", "worker", "--queues", "default"]
        self.keep_running("worker", *worker, "--concurrency", "2")
        for name in ("beat1", "beat2"):
            pidfile = self.var / f"{name}.pid"
            self.keep_running(name, *CELERY, "svod", "beat", "--pidfile", str(pidfile))
        self.keep_running("answer", *WORLD, "answer", str(self.var / "answered"))

    def kill(self, name: str) -> None:
        """SIGKILL, with all its processes."""
        child = self.children.pop(name, None)
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            (self.var / f"{name}.pid").unlink(missing_ok=True)

    def kill_postgres(self) -> None:
        """As a crash does it: the server recovers from its log."""
        pid = self.postgres.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert process.wait_until(lambda: self.postgres.pid() is None, 30)
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(EmbeddedError):  # its orphans still hold the shared memory
                self.postgres.start(leash=True)
                return
            assert time.monotonic() < deadline
            time.sleep(0.5)

    def restart_redis(self, pause: float) -> None:
        self.redis.stop()
        time.sleep(pause)
        self.redis.start(leash=True)

    def shuffle_messages(self) -> None:
        """Every message twice, the last ones first."""
        with self.queue() as client:
            messages = client.lrange("default", 0, -1)
            for message in [*messages, *reversed(messages)]:
                client.rpush("default", message)

    def flush_redis(self) -> None:
        with self.queue() as client:
            client.flushall()

    @contextlib.contextmanager
    def queue(self) -> Iterator[Any]:
        client = redis.Redis(unix_socket_path=str(self.redis.socket), socket_timeout=5)
        with contextlib.closing(client):
            yield client

    def struck(self) -> Counter[str]:
        """How often each named point has struck."""
        return Counter(path.name.rpartition("-")[0] for path in self.faults.iterdir())

    def stop(self) -> None:
        for name in list(self.children):
            self.kill(name)
        self.redis.stop()
        self.postgres.stop()

    def random_fault(self, chance: random.Random) -> str:
        """One of the things that happen to a machine."""
        name, deed = chance.choice([
            ("worker", self.kill_worker),
            ("beat", lambda: self.kill(chance.choice(["beat1", "beat2"]))),
            ("flush", self.flush_redis),
            ("shuffle", self.shuffle_messages),
        ])  # fmt: skip
        deed()
        return name

    def kill_worker(self) -> None:
        """Unless it has hardly begun: starting takes seconds, and nothing would ever be done."""
        steps = self.steps()
        if steps >= self._steps_at_last_kill + 1500:
            self._steps_at_last_kill = steps
            self.kill("worker")

    def steps(self) -> int:
        """How many lines the journal has."""
        return self._count("SELECT count(*) FROM workflows_steplog")

    def open_work(self) -> int:
        """What is still to be done."""
        return self._count(OPEN)

    def _count(self, query: str) -> int:
        with psycopg.connect(self.postgres.dsn("svod")) as connection:
            row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0
