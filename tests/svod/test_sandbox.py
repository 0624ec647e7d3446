"""The limited child process: results, errors, and every limit on its own."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import pytest

from svod.base.sandbox import CallFailed, LimitReached, run_limited

CALLS = "tests.svod.sandbox_calls"


def call(name: str, **more: Any) -> Any:
    return run_limited(f"{CALLS}:{name}", **{"cpu_s": 1, "memory_mb": 512, "wall_s": 10, **more})


def test_bytes_and_json_come_back_and_no_secret_goes_in() -> None:
    target = BytesIO()
    said = call("shout", args={"tail": "!"}, source=BytesIO(b"abc"), target=target)
    assert target.getvalue() == b"ABC!"
    assert set(said["environment"]) <= {"LANG", "LC_CTYPE"}


def test_an_error_of_the_function_is_told() -> None:
    with pytest.raises(CallFailed) as caught:
        call("fail")
    assert caught.value.kind == "KeyError"


@pytest.mark.parametrize("name", ["burn", "fill", "die"])
def test_cpu_memory_and_crash(name: str) -> None:
    with pytest.raises(LimitReached):
        call(name)


def test_time_on_the_clock() -> None:
    started = time.monotonic()
    with pytest.raises(LimitReached):
        call("sleep", wall_s=0.7)
    assert time.monotonic() - started < 5


def test_output_is_bounded() -> None:
    target = BytesIO()
    with pytest.raises((LimitReached, CallFailed)):
        call("flood", target=target, output_mb=4)
    assert len(target.getvalue()) <= 4 << 20
