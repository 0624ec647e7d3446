"""Asking other people's servers, several at a time: one that is slow holds up nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

import structlog
from django.db import connections

log = structlog.get_logger(__name__)
LOOK = 0.5  # seconds
T = TypeVar("T")


def in_threads(
    size: int, due: Callable[[Collection[T], int], Iterable[T]], work: Callable[[T], object]
) -> int:
    """Do what is due, and what becomes due until all is done; returns how many were begun.

    `due(busy, free)` names at most `free` that are none of the `busy` ones. It is asked whenever
    one is done, and every half second while others take their time. What fails is logged.
    """
    running: dict[Future[None], T] = {}
    begun = 0
    with ThreadPoolExecutor(size) as pool:
        while True:
            for one in due(running.values(), size - len(running)):
                running[pool.submit(_in_thread, work, one)] = one
                begun += 1
            if not running:
                return begun
            for future in wait(running, LOOK, FIRST_COMPLETED).done:
                del running[future]
                if error := future.exception():
                    log.error("chat_thread_failed", exc_info=error)


def _in_thread(work: Callable[[T], object], one: T) -> None:
    """In a thread of its own, which gives its connection back."""
    try:
        work(one)
    finally:
        connections.close_all()
