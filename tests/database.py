"""A PostgreSQL that lives as long as the test run."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from svod.embedded.postgres import Postgres

# What a crash would lose does not matter here: the folder is thrown away.
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
# A lock that is waited for longer than this is an error that says so, instead of a test that
# never ends.
FAST += "lock_timeout = 90s\nidle_in_transaction_session_timeout = 180s\n"


def temporary_server() -> str:
    """Start it and return its URL; it ends with this process, however that ends."""
    var = Path(tempfile.mkdtemp(prefix="svod-test-"))
    var.chmod(0o711)  # PostgreSQL's own user must be able to reach its folder in here
    server = Postgres(var, more_settings=FAST)
    server.start(leash=True)
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    atexit.register(server.stop)
    return f"postgres://postgres@{quote(str(server.sockets), safe='')}/postgres"
