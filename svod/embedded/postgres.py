"""The embedded PostgreSQL: one data folder, one server, reached by a Unix socket."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from svod.embedded import account, places, process
from svod.embedded.errors import EmbeddedError
from svod.embedded.letters import CTYPE, know_letters

SETTINGS = """\
# Written by svod.embedded at every start; put your own lines into postgresql.conf below the
# include.
listen_addresses = ''
max_connections = 120
# A list is a table with its indexes: dropping or dumping many takes a lock on each.
max_locks_per_transaction = 512
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
wal_compression = on
max_wal_size = 2GB
random_page_cost = 1.1
# The queries are short: compiling them would cost more than they do.
jit = off
lc_messages = 'C'
timezone = 'UTC'
log_timezone = 'UTC'
log_min_duration_statement = 1000
log_line_prefix = '%m [%p] %d '
"""
INCLUDE = "include_if_exists = 'svod.conf'"
# Ё must stay itself while lower() and upper() know Cyrillic; no library of the machine may
# change the order of an index: the builtin provider gives both. See letters.py for LC_CTYPE.
LOCALE = ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
LOCALE += [f"--lc-ctype={CTYPE}"]
READY_LINE = 7


class Postgres:
    """The server of one var folder.

    `start` and `stop` may be called at any time: a running server is found, not doubled.
    """

    def __init__(self, var: Path, *, more_settings: str = "") -> None:
        self.var = var.resolve()
        self.settings = SETTINGS + more_settings
        self.folder = places.postgres_folder(self.var)
        self.sockets = places.postgres_socket_folder(self.var)
        self.log = self.var / "log" / "postgres.log"

    def start(self, *, leash: bool = False) -> bool:
        """Start the server unless it runs; True when this call started it.

        With `leash` the server ends together with the calling process.
        """
        if self.state() == "stopping":
            process.wait_until(lambda: self.pid() is None, 30)
        if self.pid() is not None:
            self.wait_ready()
            return False
        self.prepare()
        command = [self.binary("postgres"), "-D", str(self.folder), "-k", str(self.sockets)]
        # SIGINT is PostgreSQL's fast shutdown: SIGTERM would wait for every client.
        signum = signal.SIGINT if leash else None
        child = process.spawn(command, self.log, user=account.postgres_user(), leash=signum)
        self.wait_ready(child)
        return True

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        if (pid := self.pid()) is not None:
            process.stop(pid, signal.SIGINT, seconds=30)

    def pid(self) -> int | None:
        """The process id of the running server."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        alive = pid > 0 and process.is_alive(pid) and process.works_in(pid, self.folder)
        return pid if alive else None

    def state(self) -> str:
        """`starting`, `ready`, `stopping`, or an empty text: what the server says of itself."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        return lines[READY_LINE].strip() if len(lines) > READY_LINE else ""

    def create_database(self, name: str = "svod", role: str = "svod") -> bool:
        """Make the portal's role (no superuser) and its database; False when both exist."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            if not exists(connection, "pg_roles", "rolname", role):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if not exists(connection, "pg_database", "datname", name):
                connection.execute(new_database(name, role))
                return True
        know_letters(self.dsn("postgres"), name, self.dsn(name))
        return False

    def dsn(self, database: str) -> str:
        """A libpq address with the rights of the superuser."""
        return f"host={self.sockets} user=postgres dbname={database} connect_timeout=5"

    def prepare(self) -> None:
        user = account.postgres_user()
        self.sockets.parent.mkdir(parents=True, exist_ok=True)
        account.own_folder(self.folder, user)
        if self.sockets != self.folder:
            account.own_folder(self.sockets, user)
        if not (self.folder / "PG_VERSION").exists():
            self.initialise(user)
        self.write_settings(user)

    def initialise(self, user: str | None) -> None:
        command = [self.binary("initdb"), "-D", str(self.folder), "-U", "postgres", "-A", "trust"]
        command += ["-E", "UTF8", "--no-instructions", *LOCALE]
        result = subprocess.run(command, capture_output=True, text=True, user=user, cwd="/")  # noqa: PLW1510
        if result.returncode:
            raise EmbeddedError(f"initdb failed in {self.folder}:\n{result.stderr.strip()}")

    def write_settings(self, user: str | None) -> None:
        (self.folder / "svod.conf").write_text(self.settings)
        (self.folder / "svod.conf").chmod(0o644)  # the folder itself is 0700
        main = self.folder / "postgresql.conf"
        if INCLUDE not in main.read_text():
            with main.open("a") as lines:
                lines.write(f"\n{INCLUDE}\n")

    def binary(self, name: str) -> str:
        return str(account.binaries(account.postgres_user()) / name)

    def wait_ready(self, child: subprocess.Popen[bytes] | None = None) -> None:
        """Until the server answers; a child that ends before that will never."""

        def ready() -> bool:
            return self.state() == "ready" and self.pid() is not None

        process.wait_until(lambda: ready() or bool(child and child.poll() is not None), 120)
        if not ready():
            raise EmbeddedError(f"PostgreSQL did not start:\n{tail(self.log)}")


def new_database(name: str, role: str) -> sql.Composed:
    template = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' "
    template += "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C' LC_CTYPE {}"
    return sql.SQL(template).format(sql.Identifier(name), sql.Identifier(role), CTYPE)


def exists(connection: psycopg.Connection, table: str, column: str, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, [value]).fetchone() is not None


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, for a message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError as error:
        return f"(no log: {error})"
