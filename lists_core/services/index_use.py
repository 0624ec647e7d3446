"""What the pages of large lists read by, noted without a write to the database.

A process remembers for an hour what it noted; the rest stands in the cache until the keeper of
indexes gathers it (`services/indexes.py`). A cache that is away costs the note and no page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from time import monotonic

from django.core.cache import cache
from redis.exceptions import RedisError

from lists_core.schema.indexes import Want

SIZES, USE = "list-sizes", "index-use-{}"
SIZES_KEPT_S, LOOK_AGAIN_S, NOTED_S = 24 * 3600, 60, 3600
USE_KEPT_S = 7 * 24 * 3600
MOST_NOTED = 20_000

_noted: dict[tuple[int, Want], float] = {}
_sizes: dict[int, int] = {}
_looked_at = float("-inf")


def share_sizes(sizes: Mapping[int, int]) -> None:
    """Tell the web processes which lists are large: id → about how many elements."""
    with suppress(RedisError, OSError):
        cache.set(SIZES, dict(sizes), SIZES_KEPT_S)


def size_of(list_id: int) -> int:
    """About how many elements a large list has, 0 for one that is not; no query."""
    global _looked_at  # noqa: PLW0603  # the process's own copy, renewed every minute
    if monotonic() - _looked_at > LOOK_AGAIN_S:
        _looked_at = monotonic()
        with suppress(RedisError, OSError):
            found = cache.get(SIZES) or {}
            _sizes.clear()
            _sizes.update(found)
    return _sizes.get(list_id, 0)


def note(list_id: int, wants: Collection[Want]) -> None:
    """These would have answered, or did answer, a page of the list."""
    now = monotonic()
    fresh = [want for want in wants if now - _noted.get((list_id, want), -NOTED_S) >= NOTED_S]
    if not fresh:
        return
    if len(_noted) > MOST_NOTED:
        _noted.clear()
    _noted.update({(list_id, want): now for want in fresh})
    key = USE.format(list_id)
    with suppress(RedisError, OSError):
        # Two processes may overwrite each other's note; what is used is noted again in an hour.
        known: set[Want] = cache.get(key) or set()
        cache.set(key, {*known, *(tuple(want) for want in fresh)}, USE_KEPT_S)


def gather(list_ids: Collection[int]) -> dict[int, set[Want]]:
    """Take what was noted of these lists."""
    keys = {USE.format(pk): pk for pk in list_ids}
    with suppress(RedisError, OSError):
        found = cache.get_many(list(keys))
        if found:
            cache.delete_many(list(found))
        return {keys[key]: {Want(*want) for want in wants} for key, wants in found.items()}
    return {}


def forget() -> None:
    """What this process remembers, for tests."""
    global _looked_at  # noqa: PLW0603
    _looked_at = float("-inf")
    _noted.clear()
    _sizes.clear()
