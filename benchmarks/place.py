"""Where a benchmark runs: a database of its own, and the words about the machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def database() -> Iterator[None]:
    """An empty migrated database, which is dropped afterwards."""
    connection.creation.create_test_db(verbosity=0)
    try:
        yield
    finally:
        connection.creation.destroy_test_db("", verbosity=0)


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"
