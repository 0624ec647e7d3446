"""Addresses of the embedded servers: known before they run, so settings need no process."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote


def database(var: Path) -> str:
    """The URL of the embedded PostgreSQL: a Unix socket in its data folder."""
    return f"postgres://postgres@{quote(str(postgres_folder(var)), safe='')}/svod"


def redis(var: Path) -> str:
    """The URL of the embedded Redis: a Unix socket under the var folder."""
    return f"redis+socket://{var / 'redis' / 'redis.sock'}"


def postgres_folder(var: Path) -> Path:
    """Where the data of the embedded PostgreSQL lives."""
    return var / "postgres"
