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

from dataclasses import dataclass

from django.utils.functional import Promise

from lists_core.element_tabs import Target, element_tabs
from svod.base.registry import Registry


@dataclass(frozen=True)
class CardTab:
    """A tab as it is shown to one person; `count` None shows no number."""

    slug: str
    label: str | Promise
    url: str
    count: int | None = None
    order: int = 100


class CardTabProvider:
    """`target` is the item as far as the reader may see it; its kind is
    `kind_of(target.list.system)`."""

    slug: str = ""

    def tabs(self, target: Target) -> list[CardTab]:
        """The tabs that this item has for this person; a fixed number of queries."""
        raise NotImplementedError(f"{type(self).__name__} gives no tabs")


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


def tabs_of(target: Target) -> list[CardTab]:
    """All tabs of the card in their order, the first page of the card not among them."""
    found = [tab for provider in card_tabs for tab in provider.tabs(target)]
    return sorted(found, key=lambda tab: tab.order)
