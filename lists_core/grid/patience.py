"""A page of a large list in bounded time: an answer that it takes too long, never a hanging page.

Lists that are not large are read as they are, without a further query; there the connection's
own limit holds (`svod/settings.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import DataError, OperationalError, transaction
from django.utils.translation import gettext as _

from lists_core.models import ListIndex
from lists_core.schema.indexes import Want
from lists_core.selectors.by_title import ByTitle, by_title
from lists_core.selectors.elements import Count, capped_count
from lists_core.selectors.fence import CANCELLED, TooSlow, bounded, expected, fenced, in_time
from lists_core.selectors.index_wants import wants_of
from lists_core.selectors.indexes import is_coming, ready_sorts
from lists_core.selectors.keyset import begins_at, following
from lists_core.services.index_use import note, size_of
from lists_core.services.indexes import TASK, want_indexes
from svod.base.errors import NotFound
from svod.base.tasks import wake

if TYPE_CHECKING:
    from lists_core.grid.page import Grid
    from lists_core.grid.state import GridState

#: A walk along the index of the sort is given up for a scan; a scan for an answer in words.
WALK_MS, SCAN_MS, COUNT_MS = 1_500, 8_000, 2_000
#: All that a page, or the inside of a group, may take of the database's time.
PAGE_MS = 10_000
EXACT_MS = 40_000
#: So many rows are joined with their titles sooner than a walk through all titles meets them.
FEW = 20_000
NAMED = 3
Kind = ListIndex.Kind
Result = TypeVar("Result")


def page_ids(grid: Grid, state: GridState) -> list[int]:
    """The page's ids and, when there is a next page, one more. Raises TooSlow."""
    _note_searched(grid)
    return ids_of(grid, state, _or_too_slow(lambda: grid.found))


def ids_of(grid: Grid, state: GridState, found: Any, begins: str | None = None) -> list[int]:
    """The same of a part of what the grid finds; `begins` as for `by_title`."""
    start = (state.page - 1) * state.size
    ids = found.values_list("pk", flat=True)[start : start + state.size + 1]
    if not _is_heavy(grid):
        return _or_too_slow(lambda: bounded(ids, grid.schema, grid.actor))
    note(grid.list_.pk, wants_of(grid.schema, found, state.sort))
    titled = by_title(found, begins)
    if titled:
        return titled_ids(titled, start, start + state.size + 1)
    quick = in_time(lambda: bounded(ids, grid.schema, grid.actor), WALK_MS)
    return _scanned(ids) if quick is None else quick


def ids_after(grid: Grid, found: Any, place: str) -> list[int]:
    """The same of what comes after a place (`selectors/keyset.py`). Raises TooSlow, NotFound."""
    first, ids = replace(grid.state, page=1), list[int]()
    try:
        with transaction.atomic():  # a place of somebody's own making is an error to the database
            parts = following(found, place)
            for part, begins in zip_longest(parts, [begins_at(place)]):
                if len(ids) <= grid.state.size:
                    ids += ids_of(grid, first, part, begins)
    except DataError:
        raise NotFound from None
    return ids[: grid.state.size + 1]


def titled_ids(rows: ByTitle, start: int, stop: int) -> list[int]:
    """Sorted by titles: by a walk where so many rows fit that it meets a page of them at once.
    Raises TooSlow."""
    way = Kind.DOWN if rows.descending else Kind.UP
    for list_id in rows.lists:
        note(list_id, {Want("name", way)})
    if expected(rows.rows) > max(FEW, 2 * stop):
        quick = in_time(lambda: rows.walked(start, stop), WALK_MS)
        if quick is not None and len(quick) == stop - start:
            return quick
    with fenced():
        found = in_time(lambda: rows.sorted(start, stop), SCAN_MS)
    if found is None:
        raise TooSlow
    return found


def _note_searched(grid: Grid) -> None:
    """The words of a search are looked for in the names of linked lists too."""
    for field in grid.schema.all_fields if grid.state.q else ():
        linked = field.field.settings.get("list") if field.type.reference == "element" else None
        if linked and size_of(linked):
            note(linked, {Want("name", Kind.LETTERS)})


def note_wants(grid: Grid) -> None:
    """For shapes other than the table: by what they read the list, so that indexes come."""
    if _is_heavy(grid):
        note(grid.list_.pk, wants_of(grid.schema, grid.found, grid.state.sort))


def _scanned(ids: Any) -> list[int]:
    """The same without a walk: an index of the sort is a trap where few rows fit the filter."""
    with fenced():
        found = in_time(lambda: list(ids.all()), SCAN_MS)
    if found is None:
        raise TooSlow
    return found


def reckoned(grid: Grid, read: Callable[[], Result]) -> Result:
    """What `read` reckons over all that is found. Raises TooSlow."""
    if not size_of(grid.list_.pk):
        return _or_too_slow(read)
    known = in_time(read, SCAN_MS)
    if known is None:
        raise TooSlow
    return known


def count_of(grid: Grid, state: GridState) -> Count | None:
    """The capped count; None when counting even so far takes too long."""
    if not _is_heavy(grid):
        return _or_too_slow(lambda: capped_count(grid.found))
    return in_time(lambda: capped_count(grid.found), COUNT_MS)


def exact_count(grid: Grid) -> int:
    """All of them, for whoever asked for the number. Raises TooSlow."""
    number = in_time(lambda: grid.found.order_by().count(), EXACT_MS)
    if number is None:
        raise TooSlow
    return int(number)


def seen_so_far(state: GridState, rows: int) -> Count:
    """What is known of the number from the page alone: at least so many."""
    return Count((state.page - 1) * state.size + rows, exact=False)


def _is_heavy(grid: Grid) -> bool:
    """A large list asked for something: its newest elements as they come are always quick."""
    state = grid.state
    grouped = bool(state.grouped.levels)
    asks = bool(state.filter.items or state.q or state.sort or state.page > 1 or grouped)
    return asks and bool(size_of(grid.list_.pk))


def _or_too_slow(read: Callable[[], Result]) -> Result:
    """Raises TooSlow where the connection's own limit ended the statement."""
    try:
        return read()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != CANCELLED:
            raise
        raise TooSlow from error


def advice(grid: Grid) -> str:
    """What the person may do, after the indexes that would have helped were asked for."""
    # Where it was the words of the search that could not be looked up, there is no query yet.
    made = grid.__dict__.get("found")
    wants = set() if made is None else wants_of(grid.schema, made, grid.state.sort)
    want_indexes(grid.schema, wants)
    wake(TASK)
    texts = [_("This takes too long: narrow the filter%(or_sort)s.") % {"or_sort": _sorts(grid)}]
    if is_coming(grid.schema, wants):
        texts.append(_("An index is being built; in a few minutes this will be quicker."))
    return " ".join(texts)


def _sorts(grid: Grid) -> str:
    """Whom the list is open to as a part only is told of no field but those he may know."""
    if not grid.state.sort:
        return ""
    known = {str(field.name) for field in grid.schema.all_fields}
    names = [name for name in ready_sorts(grid.schema) if name in known][:NAMED] or ["ID"]
    return _(" or sort by %(names)s") % {"names": ", ".join(names)}
