"""Who in CRM has a customer's telephone or e-mail, as far as somebody may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from crm_link.kinds import COMPANY, CONTACT, DEAL, LEAD, Kind
from crm_link.points import PointType, normal
from crm_link.selectors.duplicates import Like, look_alikes
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.points import find_by_points
from crm_link.selectors.stage_book import book_of
from lists_core.access import schema_for
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import elements
from lists_core.selectors.titles import row_titles
from openlines.models import Customer
from staff.models import Employee

SHOWN = 5
BRIEF = ("STAGE", "AMOUNT")


@dataclass(frozen=True)
class Found:
    """Ids of readable items with one of the ways, the oldest first; of leads those at work."""

    contacts: Sequence[int] = ()
    companies: Sequence[int] = ()
    leads: Sequence[int] = ()


def points_of(customer: Customer) -> dict[PointType, set[str]]:
    given = {PointType.PHONE: customer.phone, PointType.EMAIL: customer.email}
    return {type_: {normal(type_, text)} for type_, text in given.items() if normal(type_, text)}


def found_by_ways(actor: Employee, customer: Customer) -> Found:
    found: dict[str, list[int]] = {}
    for type_, values in points_of(customer).items():
        for slug, ids in find_by_points(None, type_, values, actor=actor).items():
            found[slug] = list(dict.fromkeys([*found.get(slug, ()), *ids]))
    return Found(
        found.get(CONTACT.slug, ()),
        found.get(COMPANY.slug, ()),
        _at_work(LEAD, found.get(LEAD.slug, ()), actor),
    )


def alike(actor: Employee, customer: Customer, among: Sequence[Kind]) -> list[Like]:
    """Readable leads and contacts with the customer's telephone or e-mail."""
    points = points_of(customer)
    return look_alikes(actor, points, {}, among=among)[:SHOWN] if points and among else []


def _at_work(kind: Kind, ids: Sequence[int], actor: Employee) -> list[int]:
    list_ = visible_kinds(actor).get(kind.slug) if ids else None
    if list_ is None:
        return []
    schema = schema_of(list_)
    rows = elements(schema, actor).filter(in_progress(schema), pk__in=ids).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def in_progress(schema: Schema) -> Q:
    """The items of a kind on a stage that is not a last one."""
    stages = [line.pk for line in book_of(schema).lines.values() if not line.is_final]
    return Q.create([(f"{schema['STAGE'].main_column}__in", stages)])


def open_deals(actor: Employee, contact_id: int) -> list[Mapping[str, Any]]:
    """The newest readable deals in progress of a contact: `id`, `name`, and `brief`, the HTML of
    its stage and amount. None where the actor may not know of which contacts a deal is."""
    list_ = visible_kinds(actor).get(DEAL.slug)
    own = schema_for(actor, list_) if list_ else None
    if list_ is None or own is None or not (own.get("CONTACTS") and own.get("STAGE")):
        return []
    schema = schema_of(list_)
    of_contact = Q.create([(f"{schema['CONTACTS'].main_column}__contains", [contact_id])])
    rows = elements(schema, actor).filter(of_contact, in_progress(schema)).order_by("-pk")
    shown = list(rows[:SHOWN])
    brief = [one for code in BRIEF if (one := own.get(code))]
    titles = row_titles(brief, shown, actor=actor)
    return [
        {
            "id": row.pk,
            "name": row.name,
            "brief": [one.render(one.read(row), titles.get(one.key, {})) for one in brief],
        }
        for row in shown
    ]
