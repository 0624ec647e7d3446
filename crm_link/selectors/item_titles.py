"""Titles of CRM items, as far as a person may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import BigIntegerField, F
from django.urls import reverse

from crm_link.kinds import kinds
from crm_link.refs import CrmRef
from crm_link.selectors.kinds import visible_kinds
from lists_core.access import remembering
from lists_core.field_types.base import Title
from lists_core.models import Element
from lists_core.selectors.across import all_readable, names_across
from lists_core.selectors.suggest import among
from staff.models import Employee


def item_titles(actor: Employee, refs: Collection[CrmRef]) -> dict[CrmRef, Title]:
    """The titles of those that the actor may read: a fixed number of queries, none for none."""
    if not refs:
        return {}
    with remembering():
        lists = {slug: row.pk for slug, row in visible_kinds(actor).items()}
        wanted: dict[int, set[int]] = defaultdict(set)
        for ref in refs:
            if ref.kind in lists:
                wanted[lists[ref.kind]].add(ref.id)
        names = names_across(actor, wanted)
    found = {ref: names.get((lists.get(ref.kind, 0), ref.id)) for ref in refs}
    return {ref: title_of(ref, name) for ref, name in found.items() if name is not None}


def title_of(ref: CrmRef, name: str) -> Title:
    return Title(name, reverse("crm_card", args=[kinds.get(ref.kind), ref.id]), {"kind": ref.kind})


def all_items_readable(actor: Employee, ids: Iterable[int]) -> bool:
    """Whether the actor may read all the items with these element ids that there are."""
    known = Element.objects.filter(among(F("pk"), sorted(ids), BigIntegerField())).order_by()
    wanted: dict[int, set[int]] = defaultdict(set)
    for list_id, pk in known.values_list("list", "pk"):
        wanted[list_id].add(pk)
    return all_readable(actor, wanted)
