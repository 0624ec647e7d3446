"""The portals that `benchmarks.grown` compares: databases of one server, and their processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

import psycopg

from svod.embedded.postgres import Postgres, exists
from tests.database import TEMPLATE, seed

ROOT = Path(__file__).resolve().parents[1]
#: Everything of this benchmark lies here and is removed at the end.
VAR = ROOT / "var" / "grown"
#: Loading 3,000,000 elements is no test of the disk; dumps and vacuum read and write as ever.
SETTINGS = "max_wal_size = 8GB\nsynchronous_commit = off\nautovacuum_naptime = 1min\n"


@contextmanager
def server() -> Iterator[Postgres]:
    """A PostgreSQL with the portal's own settings; its folder goes afterwards."""
    found = Postgres(VAR, more_settings=SETTINGS)
    _remove(found)
    VAR.mkdir(parents=True)
    VAR.chmod(0o711)
    seed(VAR)  # with a migrated database, when the tests have made one
    found.start(leash=True)
    try:
        yield found
    finally:
        found.stop()
        if not os.environ.get("GROWN_KEEP"):
            _remove(found)


def _remove(found: Postgres) -> None:
    found.stop()
    for folder in (found.folder, VAR):
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Portal:
    name: str
    server: Postgres
    sizes: Sequence[int]
    web: subprocess.Popen[str] | None = None
    lists: Sequence[int] = ()

    @property
    def environment(self) -> dict[str, str]:
        folder = quote(str(self.server.sockets), safe="")
        url = f"postgres://postgres@{folder}/{self.name}"
        return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}

    def create(self) -> None:
        """Make the database and migrate it."""
        with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as connection:
            if exists(connection, "pg_database", "datname", TEMPLATE):
                connection.execute(f"CREATE DATABASE {self.name} TEMPLATE {TEMPLATE}")
                return
        self.server.create_database(self.name, "postgres")
        self.manage("migrate", "--verbosity", "0")

    def copy_of(self, other: Portal) -> None:
        """Make the database as the other one is now."""
        with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name} TEMPLATE {other.name}")

    def manage(self, *command: str) -> float:
        return self.run([sys.executable, "manage.py", *command])

    def fill(self) -> float:
        counted = {size: self.sizes.count(size) for size in self.sizes}
        groups = [f"{size}:{number}" for size, number in counted.items()]
        return self.run([sys.executable, "-m", "benchmarks.grown_world", *groups])

    def tool(self, name: str, *options: str, database: str = "") -> float:
        """Seconds of pg_dump or pg_restore on this portal's database."""
        command = [self.server.binary(name), "-h", str(self.server.sockets), "-U", "postgres"]
        return self.run([*command, *options, *(["-d", database or self.name])])

    def run(self, command: Sequence[str]) -> float:
        start = perf_counter()
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True)
        return perf_counter() - start

    def settle(self) -> None:
        """Have the server write what it holds."""
        with psycopg.connect(self.server.dsn(self.name), autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def processor(self, work: Callable[[], Any]) -> float:
        """Processor seconds of the processes that the work starts and waits for: unlike the time
        by the clock it does not hang on what else the machine does."""
        before = os.times()
        work()
        after = os.times()
        return (
            after.children_user
            - before.children_user
            + (after.children_system - before.children_system)
        )

    # --- the web process ----------------------------------------------------------------

    def start(self) -> float:
        """Start it and open one list; the seconds until that page was there."""
        start = perf_counter()
        self.web = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.grown_web"],
            env=self.environment, cwd=ROOT, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self.lists = self._read()["lists"]
        self.ask(get=f"/lists/{self.lists[-1]}/")
        return perf_counter() - start

    def stop(self) -> None:
        if self.web and self.web.stdin:
            self.web.stdin.close()
            self.web.wait(60)
            self.web = None

    def ask(self, **asked: Any) -> dict[str, Any]:
        assert self.web
        assert self.web.stdin
        self.web.stdin.write(json.dumps(asked) + "\n")
        self.web.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.web
        assert self.web.stdout
        line = self.web.stdout.readline()
        if not line:
            raise RuntimeError(f"the web process of {self.name} has died")
        found: dict[str, Any] = json.loads(line)
        return found
