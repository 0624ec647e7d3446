"""News of a CRM item are closed to whoever sees it no longer: cards have addresses of their own.
Those that lead to its settings are closed to whoever does not manage CRM any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from crm_link.access import may_manage_crm
from crm_link.kinds import Kind
from crm_link.selectors.kinds import visible_kinds
from lists_core.selectors.across import names_across
from staff.models import Employee
from staff.notification_guards import NotificationGuard, notification_guards

SETTINGS = "/crm/settings/"


def closed(person: Employee, urls: Collection[str]) -> set[str]:
    """Those of the addresses whose item, or whose kind, the person may not see."""
    places = {url: place for url in urls if (place := _place(url))}
    if not places:
        return set()
    lists = visible_kinds(person)
    wanted: dict[int, set[int]] = defaultdict(set)
    for kind, pk in places.values():
        if pk and kind in lists:
            wanted[lists[kind].pk].add(pk)
    seen = {pk for _list_id, pk in names_across(person, wanted)}
    return {
        url for url, (kind, pk) in places.items() if kind not in lists or (pk and pk not in seen)
    }


def _place(url: str) -> tuple[str, int] | None:
    """(kind, element or 0) of a page of CRM."""
    try:
        given = resolve(urlsplit(url).path).kwargs
    except (Resolver404, ValueError):
        return None
    kind = given.get("kind")
    return (kind.slug, given.get("element_id", 0)) if isinstance(kind, Kind) else None


def closed_settings(person: Employee, urls: Collection[str]) -> set[str]:
    """Pages of settings, for whoever manages CRM no longer."""
    known = {url for url in urls if urlsplit(url).path.startswith(SETTINGS)}
    return set() if not known or may_manage_crm(person) else known


notification_guards.register(NotificationGuard("crm", closed))
notification_guards.register(NotificationGuard("crm_settings", closed_settings))
