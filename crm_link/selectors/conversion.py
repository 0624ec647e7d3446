"""What a lead would become: what is linked to it already, and who looks like it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.urls import reverse

from crm_link.kinds import COMPANY, CONTACT, LEAD, Kind
from crm_link.models import Stage
from crm_link.points import PointType, normal
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.points import ASKED, Holders, holders_of
from lists_core.schema.compile import Schema
from lists_core.selectors.suggest import named_elements
from staff.models import Employee

PERSON = ("LAST_NAME", "FIRST_NAME", "SECOND_NAME")


@dataclass(frozen=True)
class Lead:
    """A lead's row and its schema, as the actor may read them."""

    schema: Schema
    row: Any

    def value(self, code: str) -> Any:
        field = self.schema.get(code)
        return field.read(self.row) if field else None

    @property
    def person(self) -> str:
        return " ".join(filter(None, (self.value(code) for code in PERSON)))

    @property
    def company(self) -> str:
        return str(self.value("COMPANY_TITLE") or "").strip()

    @property
    def ways(self) -> dict[str, list[str]]:
        """Type of point → the lead's telephones and addresses."""
        codes = {PointType.PHONE.value: "PHONE", PointType.EMAIL.value: "EMAIL"}
        return {type_: list(self.value(code) or ()) for type_, code in codes.items()}


def is_converted(schema: Schema, row: Any) -> bool:
    """Of a lead, also for who may not see the field: they too cannot convert it again."""
    return bool((schema.whole or schema)["CONVERTED_AT"].read(row))


def asked_after(kind: Kind, schema: Schema, row: Any, meaning: str) -> str:
    """Address of the dialog for whoever has just put the item on a stage of this meaning: a lead
    that ends well without having become anything is offered for conversion. "" for none."""
    ends_well = kind == LEAD and meaning == Stage.Semantics.SUCCESS
    if not ends_well or is_converted(schema, row):
        return ""
    return reverse("crm_lead_convert", args=[row.pk])


def usual_contact(lead: Lead, actor: Employee) -> int | bool:
    """Which contact a lead becomes where nobody chose: an id, True for a new one, or False."""
    linked = lead.value("CONTACT")
    known = [linked] if linked else known_contacts(lead, actor)
    if known:
        return int(known[0])
    return bool(lead.person or any(lead.ways.values())) or not lead.company


def usual_company(lead: Lead, actor: Employee) -> int | bool:
    linked = lead.value("COMPANY")
    known = [linked] if linked else known_companies(lead, actor)
    return int(known[0]) if known else bool(lead.company)


def known_contacts(lead: Lead, actor: Employee) -> list[int]:
    """Ids of readable contacts with the lead's telephone or e-mail, the oldest first."""
    return known_items([lead], actor)[CONTACT][0]


def known_companies(lead: Lead, actor: Employee) -> list[int]:
    """Ids of readable companies with the lead's telephone or e-mail, or of exactly that name."""
    return known_items([lead], actor)[COMPANY][0]


def known_items(leads: Sequence[Lead], actor: Employee) -> dict[Kind, list[list[int]]]:
    """For CONTACT and COMPANY what is known of each lead. The same few queries for any number."""
    lists, found = visible_kinds(actor), {}
    for kind in (CONTACT, COMPANY):
        asked = [_points(lead, kind) for lead in leads]
        wanted = {point for own in asked for point in own}
        holders = holders_of(kind, lists[kind.slug], wanted, actor) if kind.slug in lists else {}
        found[kind] = [_held(own, holders) for own in asked]
    return found


def _points(lead: Lead, kind: Kind) -> list[tuple[PointType, str]]:
    """By what the lead is recognised, in the order in which it counts."""
    ways = {PointType(type_): values[:ASKED] for type_, values in lead.ways.items()}
    texts = ways | ({PointType.NAME: [lead.company]} if kind == COMPANY else {})
    found = [(type_, normal(type_, text)) for type_, own in texts.items() for text in own]
    return [(type_, point) for type_, point in found if point]


def _held(points: Sequence[tuple[PointType, str]], holders: Holders) -> list[int]:
    ids: list[int] = []
    for _type, own in groupby(points, key=itemgetter(0)):
        ids += sorted({pk for point in own for pk in holders.get(point, ())})
    return list(dict.fromkeys(ids))


def names_of(kind: Kind, ids: Collection[int], actor: Employee) -> dict[int, str]:
    """id → name of the readable ones, in the given order."""
    list_ = visible_kinds(actor).get(kind.slug)
    names = named_elements(actor, list_.pk, ids) if list_ and ids else {}
    return {pk: names[pk] for pk in ids if pk in names}
