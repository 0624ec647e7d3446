"""What test_sandbox.py lets the limited child do."""

from __future__ import annotations

import os
import time
from typing import IO, Any


def shout(source: IO[bytes], target: IO[bytes], *, tail: str) -> dict[str, Any]:
    target.write(source.read().upper() + tail.encode())
    return {"environment": sorted(os.environ)}


def burn(source: IO[bytes], target: IO[bytes]) -> None:
    while True:
        pass


def sleep(source: IO[bytes], target: IO[bytes]) -> None:
    time.sleep(30)


def fill(source: IO[bytes], target: IO[bytes]) -> int:
    return len(b"x" * (2 << 30))


def flood(source: IO[bytes], target: IO[bytes]) -> None:
    for _number in range(64):
        target.write(b"x" * (1 << 20))


def die(source: IO[bytes], target: IO[bytes]) -> None:
    os.abort()


def fail(source: IO[bytes], target: IO[bytes]) -> None:
    raise KeyError("absent")
