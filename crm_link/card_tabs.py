"""The tabs of the card of a CRM item. Whoever has tabs for it registers a provider:

    @card_tabs.register
    class ListTabs(CardTabProvider):
        slug = "lists"

        def tabs(self, target: Target) -> list[CardTab]: ...

A provider gives all its tabs at once, so that the numbers of fifty of them are one query. The
view of a tab answers by `lists_core.element_page.element_page(request, target, slug, …)`; its
template extends `lists/element/page.html` and, as a part, `frame`. A tab loads when opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from crm_link.kinds import Kind
from crm_link.models import CardTabSetting
from crm_link.selectors.items import kind_of_target
from crm_link.selectors.tab_settings import UNPLACED, settings_of
from lists_core.element_tabs import Target, element_tabs
from staff.models import Employee
from svod.base.registry import Registry

#: In place of a number that the card does not wait for.
LATE = "…"


@dataclass(frozen=True)
class CardTab:
    """A tab as it is shown to one person; `count` None shows no number, LATE one that the card
    does not wait for. `own_state`: its address holds a state of its own."""

    slug: str
    label: str | Promise
    url: str
    count: int | str | None = None
    order: int = 100
    own_state: bool = False


class CardTabProvider:
    """`target` is the item as far as the reader may see it; its kind is
    `kind_of(target.list.system)`."""

    slug: str = ""

    def tabs(self, target: Target) -> list[CardTab]:
        """The tabs that this item has for this person; a fixed number of queries."""
        raise NotImplementedError(f"{type(self).__name__} gives no tabs")

    def tabs_later(self, target: Target) -> list[CardTab]:
        """The same once the card is on the screen: numbers may take longer."""
        return self.tabs(target)

    def offered(self, actor: Employee, kind: Kind) -> list[tuple[str, str | Promise]]:
        """(slug, label) of the tabs that cards of the kind may have, as far as the actor may know:
        what administrators arrange. Others keep their own order behind those."""
        return []


card_tabs: Registry[CardTabProvider] = Registry("provider of card tabs")

#: What the card itself shows in place of these tabs of elements, or in its timeline.
REPLACED = frozenset({"fields", "comments", "uses"})
#: Behind the tabs of CRM and of lists.
ELEMENT_TABS = 500


@card_tabs.register
class ElementTabs(CardTabProvider):
    """The tabs that every element has: history, processes, documents, access."""

    slug = "element"

    def tabs(self, target: Target) -> list[CardTab]:
        shown = [tab for tab in element_tabs if tab.slug not in REPLACED and tab.shown(target)]
        return [
            CardTab(
                tab.slug, tab.label, tab.url(target), tab.count(target), ELEMENT_TABS + tab.order
            )
            for tab in shown
        ]

    def offered(self, actor: Employee, kind: Kind) -> list[tuple[str, str | Promise]]:
        tabs = sorted(element_tabs, key=lambda tab: tab.order)
        return [(tab.slug, tab.label) for tab in tabs if tab.slug not in REPLACED]


def tabs_of(target: Target, *, later: bool = False) -> list[CardTab]:
    """All tabs of the card in the order of its settings, the first page of the card not among
    them. With `later` the card is on the screen already, and numbers may take longer."""
    known = settings_of(kind_of_target(target))
    found = [
        tab
        for provider in card_tabs
        for tab in (provider.tabs_later(target) if later else provider.tabs(target))
        if not (tab.slug in known and known[tab.slug].hidden)
    ]
    return sorted(found, key=lambda tab: (_place(known, tab.slug), tab.order))


@dataclass(frozen=True)
class OfferedTab:
    """A tab as its settings show it."""

    slug: str
    label: str | Promise
    hidden: bool


def offered_tabs(actor: Employee, kind: Kind) -> list[OfferedTab]:
    """What can be arranged in the cards of a kind, in the order of now."""
    known = settings_of(kind)
    providers = sorted(card_tabs, key=lambda provider: provider.slug == ElementTabs.slug)
    found = [
        OfferedTab(slug, label, slug in known and known[slug].hidden)
        for provider in providers
        for slug, label in provider.offered(actor, kind)
    ]
    return sorted(found, key=lambda tab: _place(known, tab.slug))


def _place(known: Mapping[str, CardTabSetting], slug: str) -> int:
    return known[slug].place if slug in known else UNPLACED
