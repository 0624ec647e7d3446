"""Named points at which a worker kills itself, as often as the test has asked for.

A kill is claimed by making a file, so that the points are shared fairly by all workers and each
of them strikes exactly `KILLS` times, at a random pass.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

POINTS = {
    "claimed", "before_flush", "before_commit", "committed", "number_taken", "event_handled",
    "leased", "sent", "outcome_noted",
}  # fmt: skip
KILLS = 2


def fault(point: str) -> None:
    """Die here, perhaps."""
    if random.random() > 0.1:
        return
    for number in range(KILLS):
        try:
            Path(os.environ["FAULTS"], f"{point}-{number}").touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)


def install() -> None:
    """Put the points into the engine of this process."""
    from workflows.actions import next_number
    from workflows.engine import work
    from workflows.engine.writes import Writes
    from workflows.services import events, outgoing

    _around(work, "_lock", before="claimed")
    _around(Writes, "flush", before="before_flush", after="before_commit")
    _around(work, "work", after="committed")
    _around(next_number, "take_number", after="number_taken")
    _around(events, "_handle", after="event_handled")
    _around(outgoing, "_lease", after="leased")
    _around(outgoing, "_finish", before="sent", after="outcome_noted")


def _around(owner: Any, name: str, *, before: str = "", after: str = "") -> None:
    inner: Callable[..., Any] = getattr(owner, name)

    def wrapped(*args: Any, **named: Any) -> Any:
        if before:
            fault(before)
        result = inner(*args, **named)
        if after:
            fault(after)
        return result

    setattr(owner, name, wrapped)
