"""Fixtures of the chats' tests."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from openlines.services import others
from tests.crm_link.conftest import admin, admin_client, crm_made, lists  # noqa: F401 - CRM


class InOneThread:
    """Stands for a pool: a test that is rolled back has one connection."""

    def __init__(self, _size: int) -> None:
        pass

    def __enter__(self) -> InOneThread:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*given))
        return done


class Kept:
    def close_all(self) -> None:
        pass


@pytest.fixture
def in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are sent in the test's own thread (test_sending.py has real ones)."""
    monkeypatch.setattr(others, "ThreadPoolExecutor", InOneThread)
    monkeypatch.setattr(others, "connections", Kept())
