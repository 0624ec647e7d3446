"""`python -m tests.everything`: every check of the project, each with its time.

All checks run even when one fails, so that one run tells everything.
"""

from __future__ import annotations

import base64
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

PYTHON = sys.executable
BIN = Path(PYTHON).parent
MANAGE = [PYTHON, "manage.py"]
TEST = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
LIMIT = 1800
TIMED_OUT = 124
PARALLEL = os.environ.get("TEST_PROCESSES", "2")
# What a production machine would set; the key is as good as a real one, and made for this run.
PRODUCTION = {
    "SVOD_ENV": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "svod.example",
    "SVOD_SECRET_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
    "DATABASE_URL": "postgres://svod@localhost/svod",
    "REDIS_URL": "redis://localhost",
}
CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("style", [f"{BIN}/ruff", "check", "."], {}),
    ("format", [f"{BIN}/ruff", "format", "--check", "--quiet", "."], {}),
    ("front-end types", [PYTHON, "svod/frontend.py", "run", "--silent", "check"], {}),
    ("templates", [f"{BIN}/djlint", "templates", "--lint", "--quiet"], {}),
    ("types", [f"{BIN}/mypy", "."], {}),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], TEST),
    ("deploy", [*MANAGE, "check", "--deploy", "--fail-level", "DEBUG"], PRODUCTION),
    ("tests", [PYTHON, "-m", "pytest", "-n", PARALLEL, "--ignore", "tests/e2e"], {}),
    ("browser tests", [PYTHON, "-m", "pytest", "-n", PARALLEL, "tests/e2e"], {}),
]


def main() -> int:
    # Each check runs in a session of its own, which a signal to this one does not reach.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    results = [(name, *run(name, command, more)) for name, command, more in CHECKS]
    print("\nCheck            Seconds")
    for name, code, seconds in results:
        print(f"{name:<16} {seconds:7.1f}  {'ok' if code == 0 else f'FAILED ({code})'}")
    return 1 if any(code for _, code, _ in results) else 0


def run(name: str, command: list[str], more: dict[str, str]) -> tuple[int, float]:
    """The exit code and the seconds of one check."""
    print(f"\n── {name} " + "─" * (70 - len(name)), flush=True)
    started = time.monotonic()
    code = _limited(command, {**os.environ, **more})
    return code, time.monotonic() - started


def _limited(command: list[str], environment: dict[str, str]) -> int:
    """The exit code; what does not end in time is ended with all its children."""
    child = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        return child.wait(LIMIT)
    except subprocess.TimeoutExpired:
        print(f"ended: not finished within {LIMIT} s", flush=True)
        return TIMED_OUT
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
