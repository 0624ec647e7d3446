"""One at a time, over all processes: PostgreSQL's advisory locks by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.db import connection

SPACE = 0x4F4E4C59  # "ONLY": apart from other users of advisory locks


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """True for one holder at a time, False for the others; a dead holder's lock is free."""
    key = crc32(name.encode()) & 0x7FFFFFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SPACE, key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SPACE, key])
