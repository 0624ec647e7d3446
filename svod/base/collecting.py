"""Python's search for unreachable circles, and work that makes many objects and few circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: New objects between two searches, instead of 700: each row of a table is a list.
SELDOM = 100_000
#: Read once: within `seldom_collected` it is not the usual one that stands.
USUAL = gc.get_threshold()


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Search less often meanwhile: what holds batches of rows would be looked through at each.

    It is the whole process's setting, so of two at once the first to end ends it for both.
    """
    gc.set_threshold(SELDOM, *USUAL[1:])
    try:
        yield
    finally:
        gc.set_threshold(*USUAL)


def collect_young() -> None:
    """Let go of the circles that were made lately, without a look through all that is older."""
    gc.collect(1)
