"""Where the embedded servers live: known before they run, so settings need no process.

Everything follows from the var folder, so any process of the same portal agrees.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import quote

SOCKET_NAME = ".s.PGSQL.5432"
# The kernel's limit for the path of a Unix socket is 108 bytes with the closing zero.
SOCKET_PATH_MAX = 107
SYSTEM_DATA = Path("/var/lib/svod")


def database(var: Path) -> str:
    """The URL of the embedded database, for django-environ."""
    return f"postgres://svod@{quote(str(postgres_socket_folder(var)), safe='')}/svod"


def redis(var: Path) -> str:
    """The URL of the embedded Redis, as redis-py spells it."""
    return f"unix://{redis_socket(var)}"


def broker(redis_url: str) -> str:
    """The same Redis as Celery spells it (`redis+socket://` for a Unix socket)."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def postgres_folder(var: Path) -> Path:
    """The data folder of PostgreSQL.

    PostgreSQL refuses to run as root and its own system user must be able to reach the
    folder. Opening root's home to everybody for that would be wrong, so there a system
    folder takes its place.
    """
    if os.geteuid() == 0 and not open_to_everybody(var):
        return SYSTEM_DATA / short_name(var) / "postgres"
    return var / "postgres"


def postgres_socket_folder(var: Path) -> Path:
    """The data folder itself, or a short folder when its path is too long for a socket."""
    return fitting(postgres_folder(var), SOCKET_NAME, var)


def redis_socket(var: Path) -> Path:
    """The path of the Unix socket of Redis."""
    return fitting(var / "redis", "redis.sock", var) / "redis.sock"


def open_to_everybody(folder: Path) -> bool:
    """Can any system user walk through `folder` and all its parents (those that exist)?"""
    chain = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & stat.S_IXOTH for path in chain)


def fitting(folder: Path, name: str, var: Path) -> Path:
    if len(os.fsencode(folder / name)) <= SOCKET_PATH_MAX:
        return folder
    # Owner and mode of this folder are checked before a server uses it: account.own_folder.
    return Path("/tmp") / f"svod-{os.geteuid()}-{short_name(var)}" / folder.name  # noqa: S108


def short_name(var: Path) -> str:
    """Ten characters that tell one var folder from another."""
    return hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:10]


def var_folder() -> Path:
    """The folder of everything that a running portal writes; SVOD_VAR names another."""
    return Path(os.environ.get("SVOD_VAR") or Path(__file__).parents[2] / "var").resolve()
