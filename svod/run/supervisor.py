"""One process that starts the portal's programs in order and stops them in the reverse order."""

from __future__ import annotations

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from types import FrameType
from typing import IO

from svod.embedded import places, process
from svod.embedded.postgres import Postgres, tail
from svod.embedded.redis import Redis
from svod.run.children import Child, portal

MANAGE = str(Path(__file__).resolve().parents[2] / "manage.py")
SIGN_IN = "sign-in: "  # how `manage.py prepare --tell-sign-in` marks its line
START_SECONDS = 180  # a busy machine may take long; a program that fails is seen at once
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RunError(Exception):
    """The portal cannot run; the message is for the person at the terminal."""


class Stopped(BaseException):
    """A signal asked the portal to end; raised wherever the supervisor happens to be."""


class Supervisor:
    """The life of one portal: everything that it starts is on `stack` and ends with it."""

    def __init__(self, var: Path, port: int, workers: int) -> None:
        self.var = var.resolve()
        self.port = port
        self.logs = self.var / "log"
        self.children = portal(self.logs, port, workers)
        self.sign_in = ""
        self.environment = dict(os.environ, SVOD_VAR=str(self.var), PYTHONUNBUFFERED="1")

    @classmethod
    def from_environment(cls) -> Supervisor:
        """Read PORT and WEB_WORKERS; RunError when one is no sensible number."""
        port = number("PORT", 8000, 65535)
        return cls(places.var_folder(), port, number("WEB_WORKERS", 2, 64))

    def run(self) -> int:
        """Serve until a signal (exit code 0) or until a program fails (1)."""
        for signum in STOP_SIGNALS:
            signal.signal(signum, stop_now)
        with ExitStack() as stack:
            try:
                self.start(stack)
                return self.watch()
            except Stopped:
                # From here on a second Ctrl-C must not leave half of the programs behind.
                for signum in STOP_SIGNALS:
                    signal.signal(signum, signal.SIG_IGN)
                say("Stopping…")
        say("Stopped.")
        return 0

    def start(self, stack: ExitStack) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        stack.enter_context(only_one(self.var / "run.lock", self.port))
        refuse_taken(self.port)
        self.start_servers(stack)
        self.prepare()
        for child in self.children:
            stack.callback(child.stop)
            child.start(self.environment)
            if child.role == "web":  # the rest would only slow its start down
                self.wait_for_web()
        self.announce()

    def start_servers(self, stack: ExitStack) -> None:
        if not os.environ.get("DATABASE_URL"):
            postgres = Postgres(self.var)
            if postgres.folder != self.var / "postgres":
                say(f"{self.var} is closed to other users, so the data is in {postgres.folder}")
            if postgres.start(leash=True):
                stack.callback(postgres.stop)
            postgres.create_database()
        if not os.environ.get("REDIS_URL"):
            redis = Redis(self.var)
            if redis.start(leash=True):
                stack.callback(redis.stop)

    def prepare(self) -> None:
        """Migrations and the demo: shown as they run, because the first time takes a while.

        Its log would stand between these lines, so it tells only of trouble.
        """
        say("Preparing the database…")
        command = [sys.executable, MANAGE, "prepare", "--verbosity", "0", "--tell-sign-in"]
        arm = process.die_with_parent(signal.SIGTERM)
        with subprocess.Popen(
            command,
            env={"LOG_LEVEL": "WARNING", **self.environment},
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=arm,  # noqa: PLW1509
        ) as child:
            try:
                self.listen(child.stdout or [])
            except Stopped:
                child.terminate()
                raise
        if child.returncode:
            raise RunError(f"`manage.py prepare` failed with exit code {child.returncode}")

    def listen(self, lines: Iterable[str]) -> None:
        for line in lines:
            word, _, rest = line.rstrip().partition(SIGN_IN)
            if rest and not word:
                self.sign_in = rest
            else:
                say(line.rstrip())

    def wait_for_web(self) -> None:
        """Until the first page would be answered."""
        if not process.wait_until(lambda: answers(self.port) or bool(self.failed()), START_SECONDS):
            raise RunError(f"the web server does not answer:\n{tail(self.children[0].log)}")
        if child := self.failed():
            raise RunError(epitaph(child))

    def watch(self) -> int:
        """Sleep until a program fails; the signal handler ends the sleep otherwise."""
        while not (child := self.failed()):
            time.sleep(1)
            for other in self.children:
                other.cut_log()
        print(f"svod: {epitaph(child)}", file=sys.stderr, flush=True)
        return 1

    def failed(self) -> Child | None:
        return next((child for child in self.children if child.ended() is not None), None)

    def announce(self) -> None:
        say(f"\n  Svod:     http://127.0.0.1:{self.port}")
        if self.sign_in:
            say(f"  Sign in:  {self.sign_in}")
        say(f"  Logs:     {self.logs}\n  Stop:     Ctrl-C\n")


def stop_now(signum: int, frame: FrameType | None) -> None:
    raise Stopped


def say(text: str) -> None:
    print(text, flush=True)


def number(name: str, default: int, maximum: int) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdigit() or not 0 < int(value) <= maximum:
        raise RunError(f"{name} must be a number from 1 to {maximum}, not {value!r}")
    return int(value)


def only_one(path: Path, port: int) -> IO[str]:
    """Hold the lock of this var folder; the kernel lets go of it however we end."""
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        where = lock.read().strip()
        lock.close()
        raise RunError(f"Svod is already running: {where}") from None
    lock.truncate(0)
    lock.write(f"http://127.0.0.1:{port} (process {os.getpid()})\n")
    lock.flush()
    return lock


def refuse_taken(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            hint = f"port {port} is taken ({error.strerror}); try `make run PORT={port + 1}`"
            raise RunError(hint) from error


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def epitaph(child: Child) -> str:
    return f"{child.role} ended with exit code {child.ended()}:\n{tail(child.log)}"
