"""Reading requisites: whoever may read the item reads its requisites."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from crm_link.kinds import COMPANY, CONTACT, DEAL, Kind, kind_of
from crm_link.models import DealParties, OwnCompany, Requisite
from crm_link.selectors.kinds import visible_kinds
from lists_core.access import Right
from lists_core.element_tabs import Target, open_target
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import NotFound

OWNERS = (COMPANY, CONTACT)


def requisites_of(owner_id: int) -> list[Requisite]:
    """Of an item that the reader sees; the main set first, with accounts. Two queries."""
    return list(Requisite.objects.filter(owner=owner_id).prefetch_related("accounts"))


def access_requisite(actor: Employee, right: Right, requisite_id: int) -> tuple[Target, Requisite]:
    """The set and its item. Raises NotFound, Forbidden."""
    found = Requisite.objects.select_related("owner").filter(pk=requisite_id).first()
    if found is None:
        raise NotFound
    return open_target(actor, right, found.owner.list_id, found.owner_id), found


def readable_owners(actor: Employee, ids: Collection[int]) -> set[int]:
    """Those of the companies and contacts that the actor may read."""
    lists = visible_kinds(actor)
    found: set[int] = set()
    for kind in OWNERS:
        if kind.slug in lists and ids:
            rows = elements(schema_of(lists[kind.slug]), actor).filter(pk__in=ids)
            found |= set(rows.values_list("pk", flat=True))
    return found


@dataclass(frozen=True)
class Parties:
    """Who pays and who sells in a deal, and between which sets one may choose."""

    payer: Requisite | None
    seller: Requisite | None
    payers: list[Requisite]
    sellers: list[Requisite]

    @property
    def shown(self) -> list[Requisite]:
        return [row for row in (self.payer, self.seller) if row]


def parties_of(actor: Employee, target: Target) -> Parties:
    """Of a deal: what was chosen as far as the actor may read it, else the usual: the company's
    main set, then the first contact's; our main company's."""
    chosen = DealParties.objects.filter(deal=target.id).first() or DealParties()
    payers = _sets(actor, clients_of(target))
    own = list(OwnCompany.objects.order_by("-is_main", "pk").values_list("pk", flat=True))
    sellers = _sets(actor, own)
    return Parties(_one(payers, chosen.payer_id), _one(sellers, chosen.seller_id), payers, sellers)


def clients_of(target: Target) -> list[int]:
    """Ids of the deal's company and contacts, as far as the reader sees these fields."""
    fields = [field for code in ("COMPANY", "CONTACTS") if (field := target.schema.get(code))]
    return [pk for field in fields for pk in field.items(field.read(target.row))]


def _sets(actor: Employee, owners: Collection[int]) -> list[Requisite]:
    """The sets of these items in their order, main ones first."""
    readable = readable_owners(actor, owners)
    rows = Requisite.objects.filter(owner__in=readable).prefetch_related("accounts")
    place = {pk: number for number, pk in enumerate(owners)}
    return sorted(rows, key=lambda row: (place[row.owner_id], not row.is_main, row.pk))


def _one(rows: list[Requisite], chosen: int | None) -> Requisite | None:
    found = next((row for row in rows if row.pk == chosen), None)
    return found or next(iter(rows), None)


def has_requisites(target: Target) -> bool:
    """Whether an element has the tab."""
    return kind_of(target.list.system) in (*OWNERS, DEAL)


def kind_of_owner(target: Target) -> Kind:
    """Raises NotFound for what has no requisites of its own."""
    kind: Any = kind_of(target.list.system)
    if kind not in OWNERS:
        raise NotFound
    return kind
