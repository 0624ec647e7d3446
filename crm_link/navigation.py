"""The bar at the top of every page of CRM. Whoever has a page of CRM adds its entry:

    crm_navigation.register(NavItem("activities", _("My activities"), "crm_activities", order=50))

Pages draw the bar by `{% load crm %}{% crm_navigation %}`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import Kind, kinds
from crm_link.selectors.activities import due_count
from crm_link.selectors.calls import has_calls
from crm_link.selectors.kinds import visible_kinds
from lists_core.models import List
from staff.models import Employee
from svod.base.registry import Registry

Seen = dict[str, List]
"""The kinds that the person may see, by slug."""


def to_all(actor: Employee, seen: Seen) -> bool:
    return bool(seen)


def no_count(actor: Employee, seen: Seen) -> int | None:
    return None


@dataclass(frozen=True)
class NavItem:
    """An entry: `url_name` with `args`, `shown` and `count` for a person and the kinds they see.

    Pages below its address belong to it, and those below `under`.
    """

    slug: str
    label: str | Promise
    url_name: str
    args: Sequence[Any] = ()
    under: str = ""
    order: int = 100
    shown: Callable[[Employee, Seen], bool] = to_all
    count: Callable[[Employee, Seen], int | None] = no_count
    #: Out of this one entry's part of the tree, e.g. the settings at the far end of the bar.
    icon: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=list(self.args))


crm_navigation: Registry[NavItem] = Registry("entry of the bar of CRM")


def navigation(actor: Employee, path: str) -> list[dict[str, Any]]:
    """What `components/tabs.html` draws: the entries the person may open, in order."""
    seen = visible_kinds(actor)
    shown = [one for one in crm_navigation if one.shown(actor, seen)]
    shown.sort(key=lambda one: (one.order, one.slug))
    near = max(shown, key=partial(_closeness, path), default=None)
    return [
        {
            "label": one.label,
            "url": one.url,
            "icon": one.icon,
            "count": one.count(actor, seen),
            "current": one is near and _closeness(path, one) > 0,
        }
        for one in shown
    ]


def _closeness(path: str, item: NavItem) -> int:
    """How many letters of the page's address the entry accounts for."""
    places = [place for place in (item.url, item.under) if place]
    return max((len(place) for place in places if path.startswith(place)), default=0)


def add_kinds() -> None:
    """Leads, deals, contacts, companies."""
    first = ("lead", "deal", "contact", "company")
    for place, slug in enumerate(first, start=1):
        kind = kinds.get(slug)
        crm_navigation.register(
            NavItem(
                slug, kind.plural, "crm_items", [slug], order=place * 10, shown=partial(_sees, kind)
            )
        )


def add_activities() -> None:
    crm_navigation.register(
        NavItem("activities", _("My activities"), "crm_activities", order=60, count=_due)
    )


def add_calls() -> None:
    """For portals with an exchange that has told of any."""
    crm_navigation.register(NavItem("calls", _("Calls"), "crm_calls", order=65, shown=_with_calls))


def _with_calls(actor: Employee, seen: Seen) -> bool:
    return bool(seen) and has_calls()


def _due(actor: Employee, seen: Seen) -> int | None:
    return due_count(actor) or None


def _sees(kind: Kind, actor: Employee, seen: Seen) -> bool:
    return kind.slug in seen
