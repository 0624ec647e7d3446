"""A PostgreSQL that lives as long as the test run.

Migrating takes half a minute, so a server with a migrated database is kept under
`var/test-databases` until a migration or a package changes; a run starts from a copy of it and
its test databases are copies of that database (`TEMPLATE`). It is made as a portal makes its
own, by the same role under the same name: a portal of a test may begin with it (`seed`).
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from svod.embedded import account, places
from svod.embedded.postgres import Postgres

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "test-databases"
TEMPLATE = ROLE = "svod"
# What a crash would lose does not matter here: the folder is thrown away.
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
# A lock that is waited for longer than this is an error that says so, instead of a test that
# never ends.
FAST += "lock_timeout = 90s\nidle_in_transaction_session_timeout = 180s\n"


def temporary_server() -> str:
    """Start it and return its URL; it ends with this process, however that ends."""
    var = Path(tempfile.mkdtemp(prefix="svod-test-"))
    var.chmod(0o711)  # PostgreSQL's own user must be able to reach its folder in here
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    server = Postgres(var, more_settings=FAST)
    kept = KEPT / _version()
    if not kept.exists():
        _make(server, kept)
    else:
        _copy(kept, server.folder)
    server.start(leash=True)
    atexit.register(server.stop)
    return _url(server, "postgres")


def seed(var: Path) -> None:
    """Put a migrated database into a portal's var folder; what is kept nowhere it makes itself."""
    kept = KEPT / _version()
    if kept.exists():
        _copy(kept, places.postgres_folder(var))


def _url(server: Postgres, database: str, role: str = "postgres") -> str:
    return f"postgres://{role}@{quote(str(server.sockets), safe='')}/{database}"


def _version() -> str:
    """Of everything that a migrated database depends on."""
    found = hashlib.sha256((ROOT / "requirements-dev.txt").read_bytes())
    made_by = [Path(__file__), *sorted((ROOT / "svod/embedded").glob("*.py"))]
    for path in (*made_by, *sorted(ROOT.glob("*/migrations/*.py"))):
        found.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _make(server: Postgres, kept: Path) -> None:
    """Migrate a database of the server and keep the stopped server's folder."""
    server.start(leash=True)
    try:
        server.create_database(TEMPLATE, ROLE)
        environment = {
            **os.environ,
            "DATABASE_URL": _url(server, TEMPLATE, ROLE),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        migrate = [sys.executable, "manage.py", "migrate", "--run-syncdb", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    finally:
        server.stop()
    shutil.rmtree(KEPT, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix="svod-kept-")) / "postgres"
    _copy(server.folder, unfinished)
    KEPT.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        shutil.move(unfinished, kept)


def _copy(source: Path, target: Path) -> None:
    """The copy is PostgreSQL's, which refuses what is somebody else's: what is kept may have
    come with a copied working folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
    if user := account.postgres_user():
        subprocess.run(["chown", "-R", f"{user}:", str(target)], check=True)
