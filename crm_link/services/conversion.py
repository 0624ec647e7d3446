"""A lead becomes a contact, a company and a deal: once, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.kinds import COMPANY, CONTACT, DEAL, LEAD, Kind
from crm_link.models import Stage
from crm_link.selectors.conversion import Lead, usual_company, usual_contact
from crm_link.selectors.kinds import list_of
from crm_link.selectors.stages import stages_of
from crm_link.services.items import create_item
from crm_link.services.lead_values import lead_values
from crm_link.services.products import copy_rows
from crm_link.services.timeline import note
from lists_core.access import Right, rights_on, schema_for
from lists_core.models import List
from lists_core.selectors.elements import access_element
from lists_core.services.elements import locked_row, open_list, require_on, update_element
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound

Choice = int | bool | None
"""True makes one, False none, an id links that one; None does what fits the lead."""

WAYS = ("PHONE", "EMAIL")
PLACE = ("WEB", "ADDRESS")


@dataclass(frozen=True)
class Converted:
    """Ids of the lead and of what it became; `made` are the slugs of the new ones, `left` the
    names of the lead's fields whose values fitted nowhere."""

    lead: int
    contact: int | None = None
    company: int | None = None
    deal: int | None = None
    made: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class AlreadyConverted(Conflict):
    """`details` hold the ids of the contact and the company."""

    code = "lead_converted"
    message = gettext_lazy("The lead has been converted already.")


@dataclass
class _Work:
    """One conversion on its way."""

    actor: Employee
    lists: Mapping[str, List]
    lead: Lead
    made: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def make(self, kind: Kind, name: str, values: Mapping[str, Any], **place: Any) -> int:
        """A new item with what the lead can give it. Raises Forbidden, Invalid."""
        own = schema_for(self.actor, self.lists[kind.slug], new=True)
        taken = lead_values(
            self.lead.schema, self.lead.row, own, without=self._without(kind), actor=self.actor
        )
        self.left += taken.left
        try:
            given = {"NAME": name, **taken.values, **values}
            row = create_item(kind, given, actor=self.actor, **place)
        except Invalid as error:
            raise Invalid({"": _told(kind, own, error)}) from error
        self.made.append(kind.slug)
        return int(row.pk)

    def _without(self, kind: Kind) -> tuple[str, ...]:
        """A person's telephone is not the company's, nor the company's site the person's."""
        both = bool(self.lead.person and self.lead.company)
        lefts = {CONTACT.slug: PLACE, COMPANY.slug: WAYS} if both else {}
        return ("CONTACT", "COMPANY", *lefts.get(kind.slug, ()))


def convert_lead(
    element_id: int,
    *,
    actor: Employee,
    deal: bool = True,
    contact: Choice = None,
    company: Choice = None,
    pipeline_id: int | None = None,
) -> Converted:
    """Make of a lead what was asked, and put it on its stage of success.

    Of 20 at the same moment one converts, the others get AlreadyConverted. Raises NotFound,
    Forbidden (changing the lead, adding to a kind), Invalid (the key "" names kind and field).
    """
    with transaction.atomic():
        work = _begin(element_id, actor)
        company_id = _company(work, company)
        contact_id = _contact(work, contact, company_id)
        deal_id = _deal(work, contact_id, company_id, pipeline_id) if deal else None
        if not (company_id or contact_id or deal_id):
            raise Invalid({"": [_("Choose what to make of the lead.")]})
        _close(work, contact_id, company_id)
        _tell(work, {CONTACT: contact_id, COMPANY: company_id, DEAL: deal_id})
    made, left = tuple(work.made), tuple(dict.fromkeys(work.left))
    return Converted(element_id, contact_id, company_id, deal_id, made, left)


def _begin(element_id: int, actor: Employee) -> _Work:
    """Lock the lead: a second conversion waits here and finds it converted."""
    list_, schema = open_list(list_of(LEAD).pk)
    row = locked_row(schema, element_id, actor)
    require_on(actor, Right.CHANGE, schema, row)
    if schema["CONVERTED_AT"].read(row):
        known = {code: schema[code].read(row) for code in ("CONTACT", "COMPANY")}
        raise AlreadyConverted(**{code.lower(): pk for code, pk in known.items()})
    lists = {kind.slug: list_of(kind) for kind in (CONTACT, COMPANY, DEAL)}
    return _Work(actor, {**lists, LEAD.slug: list_}, Lead(schema_for(actor, list_, row), row))


def _company(work: _Work, choice: Choice) -> int | None:
    chosen = usual_company(work.lead, work.actor) if choice is None else choice
    if isinstance(chosen, bool):
        name = work.lead.company or work.lead.row.name
        return work.make(COMPANY, name, {}) if chosen else None
    return _linked(work, COMPANY, chosen)


def _contact(work: _Work, choice: Choice, company_id: int | None) -> int | None:
    chosen = usual_contact(work.lead, work.actor) if choice is None else choice
    if not isinstance(chosen, bool):
        _linked(work, CONTACT, chosen)
        _add_company(work, chosen, company_id)
        return chosen
    own = {"COMPANIES": [company_id]} if company_id else {}
    return work.make(CONTACT, work.lead.person or work.lead.row.name, own) if chosen else None


def _deal(work: _Work, contact: int | None, company: int | None, pipeline: int | None) -> int:
    links = {"LEAD": work.lead.row.pk, "CONTACTS": [contact] if contact else None}
    values = {**links, "COMPANY": company}
    made = work.make(DEAL, work.lead.row.name, values, pipeline_id=pipeline)
    _products(work, made)
    return made


def _products(work: _Work, deal_id: int) -> None:
    """The lead's rows, where the actor may write the deal that was made."""
    try:
        copy_rows(work.lead.row.pk, deal_id, actor=work.actor)
    except (Forbidden, NotFound):
        work.left.append(_("Products"))


def _tell(work: _Work, became: Mapping[Kind, int | None]) -> None:
    """Timelines say what became of the lead, and where the others come from."""
    known = {kind: pk for kind, pk in became.items() if pk}
    names = ", ".join(str(kind.label) for kind in known)
    note(work.lead.row.pk, "converted", names, actor=work.actor)
    for kind, pk in known.items():
        slug = "from_lead" if kind.slug in work.made else "linked_lead"
        note(pk, slug, f"#{work.lead.row.pk}", actor=work.actor)


def _linked(work: _Work, kind: Kind, element_id: int) -> int:
    """The chosen item must be one that the actor sees. Raises Invalid."""
    try:
        access_element(work.actor, Right.VIEW, work.lists[kind.slug].pk, element_id)
    except NotFound:
        told = _("The chosen item is not available any more.")
        raise Invalid({kind.slug: [told]}) from None
    return element_id


def _add_company(work: _Work, contact_id: int, company_id: int | None) -> None:
    """The known contact works there from now on; where the actor may not change the contact,
    only the deal tells it."""
    list_, schema = open_list(work.lists[CONTACT.slug].pk)
    row = locked_row(schema, contact_id, work.actor)
    own = schema_for(work.actor, list_, row).get("COMPANIES")
    places = own.read(row) or [] if own else []
    may = Right.CHANGE in rights_on(work.actor, schema, [row])[row.pk]
    if own is None or company_id is None or company_id in places or not may:
        return
    values = {"COMPANIES": [*places, company_id]}
    try:
        update_element(list_.pk, row.pk, values, version=row.version, actor=work.actor)
    except Invalid:
        return  # the field is closed to this person


def _close(work: _Work, contact: int | None, company: int | None) -> None:
    """The lead stands on success and names what it became."""
    row, schema = work.lead.row, work.lead.schema
    values = {
        "STAGE": _success(work.lists[LEAD.slug]).pk,
        "CONVERTED_AT": timezone.now(),
        "CONTACT": contact or work.lead.value("CONTACT"),
        "COMPANY": company or work.lead.value("COMPANY"),
    }
    try:
        update_element(schema.list_id, row.pk, values, version=row.version, actor=work.actor)
    except Invalid as error:
        raise Invalid({"": _told(LEAD, schema, error)}) from error


def _success(leads: List) -> Stage:
    found = stages_of(leads).filter(semantics=Stage.Semantics.SUCCESS).first()
    if found is None:
        raise Invalid({"": [_("The leads have no stage of success.")]})
    return found


def _told(kind: Kind, schema: Any, error: Invalid) -> list[str]:
    """Errors of an item that is being made, as the dialog tells them: kind, field, reason."""
    return [
        f"{kind.label}, {schema[code].name if code in schema.by_code else code}: {text}"
        if code
        else text
        for code, texts in error.errors.items()
        for text in texts
    ]
