"""Paired measuring: ours and the hand-written limit take turns, the median ratio counts.

On a shared machine absolute times wander; two calls that stand side by side meet the same
weather, so their ratio is steadier than either time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any

Work = Callable[[], Any]


@dataclass(frozen=True)
class Line:
    """One row of RESULTS.md; times in milliseconds, `ratio` None where nothing is compared."""

    work: str
    ours: float
    limit: float | None
    ratio: float | None
    bar: str

    def row(self) -> str:
        limit = "–" if self.limit is None else f"{self.limit:.2f}"
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        return f"| {self.work} | {self.ours:.2f} | {limit} | {ratio} | {self.bar} |"


def compare(
    work: str, ours: Work, limit: Work, *, bar: str, rounds: int = 60, cpu: bool = False
) -> Line:
    """Medians of both and of their paired ratios, after five rounds of warming up."""
    clock = process_time if cpu else perf_counter
    pairs = [_pair(ours, limit, clock, swap=bool(turn % 2)) for turn in range(rounds + 5)][5:]
    return Line(
        work,
        median(mine for mine, _theirs in pairs) * 1000,
        median(theirs for _mine, theirs in pairs) * 1000,
        median(mine / theirs for mine, theirs in pairs),
        bar,
    )


def once(work: str, ours: Work, *, bar: str) -> Line:
    """One call, for work of seconds."""
    return Line(work, _time(ours, perf_counter) * 1000, None, None, bar)


def _pair(
    ours: Work, limit: Work, clock: Callable[[], float], *, swap: bool
) -> tuple[float, float]:
    if swap:
        theirs = _time(limit, clock)
        return _time(ours, clock), theirs
    mine = _time(ours, clock)
    return mine, _time(limit, clock)


def _time(work: Work, clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start
