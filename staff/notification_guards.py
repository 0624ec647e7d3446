"""Whether people may (still) open what a notification leads to.

News keep the words they were told in; these may speak of an element that was closed since. So
whoever shows or mails them asks first. Apps whose pages have rights add a guard in
`AppConfig.ready`; addresses that no guard knows are open.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from staff.models import Employee
from svod.base.registry import Registry


@dataclass(frozen=True)
class NotificationGuard:
    """`closed` gives those of the addresses that the person may not open, in a few queries."""

    slug: str
    closed: Callable[[Employee, Collection[str]], set[str]]


notification_guards: Registry[NotificationGuard] = Registry("guard of notifications")


def closed_urls(person: Employee, urls: Collection[str]) -> set[str]:
    """Those of the addresses that the person may not open now."""
    asked = {url for url in urls if url}
    if not asked:
        return set()
    return set().union(*(guard.closed(person, asked) for guard in notification_guards))
