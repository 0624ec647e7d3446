"""Opening what strangers made (pictures, tables, documents) in a process that may die of it.

`run_limited` calls one function in a fresh interpreter with hard limits of CPU time, memory,
time on the clock and output. The child knows no settings, no database and no secrets: its
environment is empty but for the locale.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent
MAX_AT_ONCE = 2
MEGABYTE = 1024 * 1024
_places = BoundedSemaphore(MAX_AT_ONCE)


class SandboxError(Exception):
    """The function gave no result."""


class LimitReached(SandboxError):
    """It needed more time, memory or output than it may, or it brought its process down."""


class CallFailed(SandboxError):
    """It raised: `kind` is the name of the exception's class, `str(error)` its message."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        super().__init__(message)


def run_limited(  # noqa: PLR0913 - each limit is a plain number of its own
    function: str,
    args: Mapping[str, Any] | None = None,
    *,
    source: IO[bytes] | None = None,
    target: IO[bytes] | None = None,
    cpu_s: int,
    memory_mb: int,
    wall_s: float,
    output_mb: int = 256,
) -> Any:
    """The JSON result of `function(source, target, **args)`, run in a limited child process.

    `function` is "package.module:name"; its module should be quick to import and must not
    need Django's settings. `source` is read from its beginning, `target` is written from its
    present place; both are binary files (one without a descriptor is copied first).
    At most two children run at once in a process, further callers wait. Raises LimitReached,
    CallFailed.
    """
    call = {"function": function, "args": dict(args or {})}
    limits = {"cpu": cpu_s, "memory": memory_mb * MEGABYTE, "output": output_mb * MEGABYTE}
    with _places, on_disk(source) as given, output(target) as taken, TemporaryFile() as answer:
        command = [sys.executable, "-I", __file__, str(answer.fileno()), json.dumps(call | limits)]
        code = _run(command, given, taken, answer, wall_s)
        return _result(answer, code)


def _run(
    command: list[str], given: IO[bytes], taken: IO[bytes], answer: IO[bytes], wall_s: float
) -> int:
    """The child's exit code; it is killed with all its group when its time is over."""
    child = subprocess.Popen(
        command,
        stdin=given,
        stdout=taken,
        stderr=subprocess.DEVNULL,
        pass_fds=[answer.fileno()],
        env={"LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        return child.wait(wall_s)
    except subprocess.TimeoutExpired:
        raise LimitReached("time") from None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _result(answer: IO[bytes], code: int) -> Any:
    answer.seek(0)
    text = answer.read()
    if code != 0 or not text:
        raise LimitReached(f"exit code {code}")
    said = json.loads(text)
    if "kind" not in said:
        return said["result"]
    if said["kind"] == "MemoryError":
        raise LimitReached("memory")
    raise CallFailed(said["kind"], said["message"])


@contextmanager
def on_disk(source: IO[bytes] | None) -> Iterator[IO[bytes]]:
    """The source as a file with a descriptor, at its beginning."""
    if source is not None and _has_descriptor(source):
        os.lseek(source.fileno(), 0, os.SEEK_SET)
        yield source
        return
    with TemporaryFile() as copy:
        if source is not None:
            source.seek(0)
            while chunk := source.read(MEGABYTE):
                copy.write(chunk)
        copy.flush()
        os.lseek(copy.fileno(), 0, os.SEEK_SET)
        yield copy


@contextmanager
def output(target: IO[bytes] | None) -> Iterator[IO[bytes]]:
    """A file with a descriptor, whose content goes to the target afterwards."""
    with TemporaryFile() as own:
        yield own
        if target is not None:
            own.seek(0)
            while chunk := own.read(MEGABYTE):
                target.write(chunk)


def _has_descriptor(source: IO[bytes]) -> bool:
    try:
        source.fileno()
    except (OSError, AttributeError):
        return False
    return True


# --- the child --------------------------------------------------------------------------


def limit(call: Mapping[str, Any]) -> None:
    """From here on the process can take no more than this, and no process can follow it."""
    resource.setrlimit(resource.RLIMIT_CPU, (call["cpu"], call["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (call["memory"], call["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (call["output"], call["output"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def find(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def child(answer: int, call: Mapping[str, Any]) -> None:
    limit(call)
    sys.path.insert(0, str(ROOT))
    try:
        function = find(call["function"])
        said = {"result": function(sys.stdin.buffer, sys.stdout.buffer, **call["args"])}
        sys.stdout.buffer.flush()
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent has to be told
        said = {"kind": type(error).__name__, "message": str(error)[:1000]}
    os.write(answer, json.dumps(said).encode())


if __name__ == "__main__":
    child(int(sys.argv[1]), json.loads(sys.argv[2]))
