"""Fixtures that every part of the tests shares."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import quick_flush

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: begun last it would keep one core busy and the other idle. It brings
    its own database, so that the order of those that share one stays as it must be."""
    items.sort(key=lambda item: item.path.name != "test_engine_kills.py")


@pytest.fixture
def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def clean_environment(tmp_path: Path) -> dict[str, str]:
    """An environment for a child process: this machine's, without the settings of the tests."""
    dropped = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "TEST_DATABASE_NAME", "REDIS_URL"}
    dropped |= {"DJANGO_ALLOW_ASYNC_UNSAFE", "SVOD_ROLE", "PORT"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "SVOD_ENV": "development", "SVOD_VAR": str(tmp_path / "var")}


@pytest.fixture
def python(clean_environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `python ARGUMENT…` in the project's folder; what still runs at the end is ended."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **more: str) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=clean_environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            child.wait(60)
        if child.stdout:
            child.stdout.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    quick_flush.install()


@pytest.fixture(autouse=True)
def fresh_schemas() -> None:
    """Ids repeat from test to test, so a compiled schema of an earlier one would be wrong."""
    from lists_core.schema.cache import forget_schemas

    forget_schemas()


@pytest.fixture(autouse=True)
def list_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Drop the lists' own tables after a test that commits: Django's flush knows none of them."""
    marker = request.node.get_closest_marker("django_db")
    names = {"transactional_db", "live_server", "portal"} & set(request.fixturenames)
    if not (names or (marker and marker.kwargs.get("transaction"))):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^list_[0-9]+$'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TABLE "{name}"')
