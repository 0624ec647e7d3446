"""How often strangers may ask, and how much they may bring."""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from svod.base.errors import DomainError


class TooOften(DomainError):
    code = "too_often"
    message = _("Too many requests. Wait a little and try again.")


def limit(key: str, most: int, *, seconds: int = 60) -> None:
    """At most `most` in so many seconds; raises TooOften. A cache that is away lets all through."""
    try:
        cache.add(key, 0, seconds)
        count = cache.incr(key)
    except Exception:  # noqa: BLE001 - Redis may be away, or the key just gone
        return
    if count > most:
        raise TooOften


def spend(key: str, amount: int, most: int, *, seconds: int) -> bool:
    """Whether `amount` more stays within `most` of so many seconds; what does not is not counted.
    A cache that is away lets all through."""
    try:
        cache.add(key, 0, seconds)
        fits: bool = cache.incr(key, amount) <= most
        if not fits:
            cache.decr(key, amount)
    except Exception:  # noqa: BLE001 - Redis may be away, or the key just gone
        return True
    return fits
