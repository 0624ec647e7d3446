"""News about lists and elements show only to who may see these now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from lists_core.access import visible_lists
from lists_core.selectors.across import names_across
from staff.models import Employee
from staff.notification_guards import NotificationGuard, notification_guards


def closed(person: Employee, urls: Collection[str]) -> set[str]:
    """Addresses under an element or a list that the person may not see."""
    places = {url: place for url in urls if (place := _place(url))}
    wanted: dict[int, set[int]] = defaultdict(set)
    for list_id, element_id in places.values():
        if element_id:
            wanted[list_id].add(element_id)
    lists = {list_id for list_id, element_id in places.values() if not element_id}
    seen = set(names_across(person, wanted)) if wanted else set()
    if lists:
        known = visible_lists(person).filter(pk__in=lists).values_list("pk", flat=True)
        seen |= {(list_id, 0) for list_id in known}
    return {url for url, place in places.items() if place not in seen}


def _place(url: str) -> tuple[int, int] | None:
    """(list, element or 0) of a page under a list."""
    try:
        given = resolve(urlsplit(url).path).kwargs
    except (Resolver404, ValueError):
        return None
    list_id = given.get("list_id")
    return (list_id, given.get("element_id", 0)) if isinstance(list_id, int) else None


notification_guards.register(NotificationGuard("lists", closed))
