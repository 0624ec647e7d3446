"""What a lead would become: what is linked to it already, and who looks like it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from crm_link.kinds import COMPANY, CONTACT, Kind
from crm_link.points import PointType, normal
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.points import find_by_points, known_points
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
    return _by_ways(CONTACT, lead, actor)


def known_companies(lead: Lead, actor: Employee) -> list[int]:
    """Ids of readable companies with the lead's telephone or e-mail, or of exactly that name."""
    found = _by_ways(COMPANY, lead, actor)
    list_ = visible_kinds(actor).get(COMPANY.slug)
    name = normal(PointType.NAME, lead.company)
    if list_ and name:
        points = known_points(actor, COMPANY, list_).filter(type=PointType.NAME, value=name)
        found += points.order_by("element").values_list("element", flat=True)[:10]
    return list(dict.fromkeys(found))


def names_of(kind: Kind, ids: Collection[int], actor: Employee) -> dict[int, str]:
    """id → name of the readable ones, in the given order."""
    list_ = visible_kinds(actor).get(kind.slug)
    names = named_elements(actor, list_.pk, ids) if list_ and ids else {}
    return {pk: names[pk] for pk in ids if pk in names}


def _by_ways(kind: Kind, lead: Lead, actor: Employee) -> list[int]:
    found: list[int] = []
    for type_, values in lead.ways.items():
        found += (
            find_by_points(kind, type_, values, actor=actor).get(kind.slug, ()) if values else ()
        )
    return list(dict.fromkeys(found))
