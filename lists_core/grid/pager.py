"""Which page numbers the foot of a grid offers."""

from __future__ import annotations

from dataclasses import dataclass

from lists_core.grid.page import Page

Numbers = list[tuple[int, str]]


@dataclass(frozen=True)
class Pager:
    """Addresses of pages; a number without a query stands for a gap."""

    previous: str
    next: str
    numbers: Numbers


def pager(page: Page) -> Pager:
    state = page.state
    return Pager(
        previous=state.query(page=state.page - 1),
        next=state.query(page=state.page + 1),
        numbers=[(number, state.query(page=number) if number else "") for number in _shown(page)],
    )


def _shown(page: Page) -> list[int]:
    """The first page, the last counted one and those around the current; 0 is a gap."""
    current, last = page.state.page, max(page.pages, page.state.page)
    near = {number for number in range(current - 2, current + 3) if 1 <= number <= last}
    wanted = sorted(near | {1} | ({last} if page.count.exact else set()))
    shown: list[int] = []
    for number in wanted:
        if shown and number > shown[-1] + 1:
            shown.append(0)
        shown.append(number)
    return shown
