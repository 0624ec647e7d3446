"""How often something that belongs to others failed; a cache that is away knows of nothing."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from django.core.cache import cache


def failures(what: str) -> int:
    with suppress(Exception):  # Redis may be away
        return int(cache.get(_key(what), 0))
    return 0


def failed_again(what: str, seconds: int) -> int:
    """Note one more; returns how many there were within so many seconds after the first."""
    with suppress(Exception):  # Redis may be away, or the key just gone
        cache.add(_key(what), 0, seconds)
        return int(cache.incr(_key(what)))
    return 0


def _key(what: str) -> str:
    return f"chat-failures:{hashlib.sha256(what.encode()).hexdigest()}"
