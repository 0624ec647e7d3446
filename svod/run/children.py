"""The programs of a running portal: their commands, logs and end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from svod.embedded import process

LOG_MAX_BYTES = 50 * 1024 * 1024
LOG_CONFIG = str(Path(__file__).with_name("granian-log.json"))
GRANIAN = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--no-ws"]
GRANIAN += ["--log-config", LOG_CONFIG]
CELERY = ["celery", "--quiet", "--app", "svod", "--skip-checks"]


@dataclass
class Child:
    """A program with its own log file; `role` is what settings see as SVOD_ROLE."""

    role: str
    command: list[str]
    log: Path
    seconds_to_stop: float = 20
    leash: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it on a leash: it ends when the supervisor does."""
        self.process = process.spawn(
            [sys.executable, "-m", *self.command],
            self.log,
            environment={**environment, "SVOD_ROLE": self.role},
            leash=self.leash,
        )

    def ended(self) -> int | None:
        """The exit code of a program that has ended by itself."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        """Ask it to finish; what is left of its session after that is killed."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.seconds_to_stop)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def cut_log(self) -> None:
        """Keep one old log; the program goes on appending to the emptied file."""
        if self.log.exists() and self.log.stat().st_size > LOG_MAX_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


def portal(logs: Path, port: int, workers: int) -> list[Child]:
    """The web server, the worker and the clock, in the order of their start."""
    web = [*GRANIAN, "--port", str(port), "--workers", str(workers), "--backpressure", "1024"]
    web += ["--respawn-failed-workers", "--workers-kill-timeout", "10", "svod.asgi:application"]
    worker = [*CELERY, "worker", "--concurrency", "2", "--queues", "default"]
    # No --pidfile: one that a power cut left behind names a process id that is somebody else's by
    # then, and the clock would refuse to start. The supervisor's lock keeps a second one away.
    beat = [*CELERY, "beat"]
    return [
        Child("web", web, logs / "web.log"),
        Child("worker", worker, logs / "worker.log"),
        # While it starts, SIGTERM has it look for the database and Redis, which end as well, for
        # ever; there is nothing that it would have to put in order.
        Child("beat", beat, logs / "beat.log", leash=signal.SIGKILL),
    ]
