"""A grouped table: its first level on the page, and what is in a group when it is opened.

The path of an opened group is JSON, the steps of `reports/levels.py` from the outermost level on:
`["v12", "e"]`. A group of the last level holds elements, in pages like a table without groups;
others hold groups.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.safestring import SafeString

from lists_core.grid.group_rows import Drawn, draw_note, draw_parts, draw_rest
from lists_core.grid.page import Grid, Page, rows_and_place
from lists_core.grid.patience import PAGE_MS, advice, ids_after, ids_of, reckoned
from lists_core.grid.state import GridState
from lists_core.reports.levels import PAGE, Asked, Level, read_level, within
from lists_core.selectors.elements import Count
from lists_core.selectors.fence import TooSlow, together
from svod.base.errors import NotFound

LONGEST_PATH = 3_000
Path = tuple[str, ...]


@dataclass(frozen=True)
class GroupedPage(Page):
    """The groups of the first level in place of rows; `level` is None where it took too long."""

    level: Level | None = None


def grouped_page(grid: Grid) -> GroupedPage:
    state = _at(grid, 1)
    try:
        with together(PAGE_MS):
            level = read_part(grid, (), 1)
    except TooSlow:
        told = advice(grid)
        return GroupedPage(state, (), Count(0, exact=True), has_next=False, too_slow=told)
    count = Count(level.total.rows, exact=True)
    return GroupedPage(state, (), count, has_next=level.total.rows > 0, level=level)


def read_part(grid: Grid, path: Path, page: int) -> Level:
    """The groups inside of the one that the path leads to. Raises TooSlow, NotFound."""
    by, turned = grid.state.grouped.levels[len(path)]
    asked = Asked(by, turned, grid.state.grouped.totals, page)
    return reckoned(
        grid, lambda: read_level(grid.found.filter(inside(grid, path)), asked, actor=grid.actor)
    )


def inside(grid: Grid, path: Path) -> Q:
    """The elements of the group at the end of the path. Raises NotFound."""
    found = Q()
    for (by, _turned), step in zip(grid.state.grouped.levels, path, strict=False):
        rows = grid.found.filter(found)
        found &= within(rows, by, step, actor=grid.actor)
    return found


def read_path(text: str, grid: Grid) -> Path:
    """Raises NotFound for what leads nowhere in this grouping."""
    try:
        steps = json.loads(text[:LONGEST_PATH]) if text else []
        known = isinstance(steps, list) and all(isinstance(step, str) for step in steps)
        "".join(steps if known else ()).encode()  # half of a character is none
    except (ValueError, RecursionError):
        raise NotFound from None
    if not known or "\x00" in "".join(steps) or len(steps) > len(grid.state.grouped.levels):
        raise NotFound
    return tuple(steps)


def draw_page(grid: Grid, page: Page) -> SafeString:
    """The rows of a page: groups, or elements and the way to the next of them."""
    if isinstance(page, GroupedPage):
        return draw_parts(_drawn(grid, ()), page.level) if page.level else SafeString("")
    more = draw_rest(_drawn(grid, ()), page.state.page, page.place) if page.has_next else ""
    return SafeString(f"{grid.draw(page.rows)}{more}")


def draw_inside(grid: Grid, path: Path, page: int, after: str = "") -> SafeString:
    """What stands below an opened group: groups or elements, and a way to the next of them; in a
    table without groups all of it is the inside of an empty path.
    `after` is the place where the elements shown so far end. Raises TooSlow, NotFound."""
    with together(PAGE_MS):
        if len(path) < len(grid.state.grouped.levels):
            return draw_parts(_drawn(grid, path), read_part(grid, path, page))
        return _draw_elements(grid, path, page, after)


def _draw_elements(grid: Grid, path: Path, page: int, after: str) -> SafeString:
    found = reckoned(grid, lambda: grid.found.filter(inside(grid, path)))
    ids = ids_after(grid, found, after) if after else ids_of(grid, _at(grid, page), found)
    rows, place = rows_and_place(grid, found, ids)
    more = draw_rest(_drawn(grid, path), page, place) if len(ids) > grid.state.size else ""
    return SafeString(f"{grid.draw(rows)}{more}")


def _at(grid: Grid, page: int) -> GridState:
    return replace(grid.state, page=page)


def draw_too_slow(grid: Grid, path: Path) -> SafeString:
    return draw_note(_drawn(grid, path), advice(grid))


def _drawn(grid: Grid, path: Sequence[str]) -> Drawn:
    levels = grid.state.grouped.levels
    by = levels[len(path)][0] if len(path) < len(levels) else None
    return Drawn(grid.columns, by, grid.state.grouped, tuple(path), PAGE)
