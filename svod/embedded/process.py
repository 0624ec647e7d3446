"""Child processes that never outlive their purpose."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Kept by process id: whoever holds no other reference must still be able to wait for them.
CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


def spawn(
    command: Sequence[str | Path],
    log: Path,
    *,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    leash: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in its own session, its output appended to `log`.

    `leash` is the signal that the kernel sends to the child when this process dies, however
    it dies; without a leash the child goes on by itself.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            env=environment,
            start_new_session=True,
            preexec_fn=None if leash is None else die_with_parent(leash),  # noqa: PLW1509
        )
    CHILDREN[child.pid] = child
    return child


def die_with_parent(signum: int) -> Callable[[], None] | None:
    """What the child runs between fork and exec, on Linux; None where the kernel cannot."""
    if not sys.platform.startswith("linux"):
        return None
    # Loaded before the fork: the child must not import or allocate more than it has to.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:  # it died in between
            os.kill(os.getpid(), signum)

    return arm


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll `condition` until it holds; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
    """Does the process run? A child of ours that has ended is waited for, so it does not."""
    child = CHILDREN.get(pid)
    if child is not None and child.poll() is not None:
        del CHILDREN[pid]
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def works_in(pid: int, folder: Path) -> bool:
    """Is it the process's working directory? True where the system does not tell.

    After a crash a pid file may name a process that is somebody else's by now.
    """
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        return True


def stop(pid: int, signum: int = signal.SIGTERM, seconds: float = 20) -> None:
    """Ask a process to end, then make it and its whole session end."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)
    if not wait_until(lambda: not is_alive(pid), seconds):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(pid), 5)
