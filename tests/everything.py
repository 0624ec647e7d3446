"""`python -m tests.everything`: every check of the project, each with its time.

All checks run even when one fails, so that one run tells everything. A test that failed beside
others is judged once more by itself (docs/decisions/007-judged-alone.md).
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

PYTHON = sys.executable
BIN = Path(PYTHON).parent
MANAGE = [PYTHON, "manage.py"]
TEST = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
LIMIT = 1800
#: So many tests that failed may be the machine's fault; of more something is broken.
FEW = 3
#: pytest's own code for "some tests failed"; others mean that it could not do its work.
SOME_FAILED = 1
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
Check = tuple[str, list[str], dict[str, str]]
# Beside one another: each keeps one core busy at most, and most of them not for long.
STILL: list[Check] = [
    ("style", [f"{BIN}/ruff", "check", "."], {}),
    ("format", [f"{BIN}/ruff", "format", "--check", "--quiet", "."], {}),
    ("front-end types", [PYTHON, "svod/frontend.py", "run", "--silent", "check"], {}),
    ("templates", [f"{BIN}/djlint", "templates", "--lint", "--quiet"], {}),
    ("types", [f"{BIN}/mypy", "."], {}),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], TEST),
    ("deploy", [*MANAGE, "check", "--deploy", "--fail-level", "DEBUG"], PRODUCTION),
]
TESTS: list[tuple[str, list[str]]] = [
    ("tests", ["--ignore", "tests/e2e"]),
    ("browser tests", ["tests/e2e"]),
]
Result = tuple[str, int, float]


def main() -> int:
    # Each check runs in a session of its own, which a signal to this one does not reach.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    results = together(STILL)
    for name, which in TESTS:
        results += tested(name, which)
    print("\nCheck                Seconds")
    for name, code, seconds in results:
        print(f"{name:<20} {seconds:7.1f}  {'ok' if code == 0 else f'FAILED ({code})'}")
    return 1 if any(code for _, code, _ in results) else 0


def tested(name: str, which: list[str]) -> list[Result]:
    """Run tests, `PARALLEL` at a time; the few that failed decide by a second run, alone."""
    cache = f"var/pytest/{name.replace(' ', '-')}"
    pytest = [PYTHON, "-m", "pytest", "-o", f"cache_dir={cache}", *which]
    [(_, code, seconds)] = together([(name, [*pytest, "-n", PARALLEL], {})])
    failed = last_failed(Path(cache)) if code == SOME_FAILED else []
    if not 0 < len(failed) <= FEW:
        return [(name, code, seconds)]
    print("\nUNSTEADY, to be mended, and judged once more alone:", *failed, sep="\n  ", flush=True)
    [again] = together([(f"{name}, alone", [*pytest, "--last-failed"], {})])
    return [(name, 0, seconds), again]


def last_failed(cache: Path) -> list[str]:
    """What pytest has written down of its last run."""
    try:
        return sorted(json.loads((cache / "v" / "cache" / "lastfailed").read_text()))
    except OSError:
        return []


def together(checks: list[Check]) -> list[Result]:
    """Run them at the same time; what each says stands together, in their order."""
    with ExitStack() as stack:
        logs = [stack.enter_context(TemporaryFile()) if len(checks) > 1 else None for _ in checks]
        running = [Running(*both) for both in zip(checks, logs, strict=True)]
        for one in running:
            stack.callback(one.end)
        while sum(one.goes_on() for one in running):  # each is asked, for its own time
            time.sleep(0.05)
        return [one.result() for one in running]


class Running:
    """A check that has been started; what it says goes into `log`, or straight on."""

    def __init__(self, check: Check, log: IO[bytes] | None) -> None:
        self.name, command, more = check
        self.started, self.seconds, self.code = time.monotonic(), 0.0, 0
        self.log = log
        if log is None:
            self.title()
        self.child = subprocess.Popen(
            command, env={**os.environ, **more}, start_new_session=True,
            stdout=log, stderr=log and subprocess.STDOUT,
        )  # fmt: skip

    def title(self) -> None:
        print(f"\n── {self.name} " + "─" * (70 - len(self.name)), flush=True)

    def goes_on(self) -> bool:
        if self.seconds:
            return False
        code, seconds = self.child.poll(), time.monotonic() - self.started
        if code is None and seconds < LIMIT:
            return True
        self.code, self.seconds = TIMED_OUT if code is None else code, seconds
        return False

    def result(self) -> Result:
        if self.log:
            self.title()
            self.log.seek(0)
            sys.stdout.buffer.write(self.log.read())
        if self.code == TIMED_OUT:
            print(f"ended: not finished within {LIMIT} s", flush=True)
        return self.name, self.code, self.seconds

    def end(self) -> None:
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()


if __name__ == "__main__":
    sys.exit(main())
