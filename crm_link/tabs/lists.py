"""The lists bound to an item as tabs of its card."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise

from crm_link.card_tabs import LATE, CardTab, CardTabProvider, card_tabs
from crm_link.kinds import Kind
from crm_link.refs import CrmRef
from crm_link.selectors.items import kind_of_target
from crm_link.selectors.tabs import bound_counts, bound_lists
from lists_core.access import remembering
from lists_core.element_tabs import Target
from lists_core.models import List
from lists_core.selectors.elements import Count
from staff.models import Employee

#: Behind the tabs of CRM itself, before those that every element has.
LIST_TABS = 200
#: What a card waits for its numbers; they are loaded later when they take longer.
BUDGET_MS, LATER_MS = 150, 3000


@card_tabs.register
class ListTabs(CardTabProvider):
    slug = "lists"

    def tabs(self, target: Target) -> list[CardTab]:
        return self._tabs(target, BUDGET_MS)

    def tabs_later(self, target: Target) -> list[CardTab]:
        return self._tabs(target, LATER_MS)

    def offered(self, actor: Employee, kind: Kind) -> list[tuple[str, str | Promise]]:
        return [(tab_slug(one.list), one.list.name) for one in bound_lists(actor, kind)]

    def _tabs(self, target: Target, milliseconds: int) -> list[CardTab]:
        kind = kind_of_target(target)
        ref = CrmRef(kind.slug, target.id)
        with remembering():
            bound = bound_lists(target.actor, kind)
            counts = bound_counts(target.actor, ref, bound, milliseconds=milliseconds)
        return [
            CardTab(
                tab_slug(one.list),
                one.list.name,
                reverse("crm_card_list", args=[kind, ref.id, one.list.pk]),
                LATE if counts is None else count_text(counts[one.list.pk]),
                LIST_TABS + place,
                own_state=True,
            )
            for place, one in enumerate(bound)
        ]


def tab_slug(list_: List) -> str:
    return f"list-{list_.pk}"


def count_text(count: Count) -> str:
    return f"{count.number}" if count.exact else f"{count.number}+"
