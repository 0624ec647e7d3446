"""CRM items made of what a conversation knows of its customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm_link.access import may_add_for
from crm_link.kinds import CONTACT, DEAL, LEAD, Kind
from crm_link.points import PointType, normal
from crm_link.presets import OPEN_LINE
from crm_link.selectors.kinds import list_of
from crm_link.services.from_customers import LONGEST_NAME, fitting, source_named
from crm_link.services.items import create_item
from crm_link.web_form_page import MARKS, marks_of, web_address
from lists_core.access import schema_for
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from openlines.models import Conversation, Customer
from openlines.selectors.persons import in_progress
from staff.models import Employee


def make_item(
    kind: Kind, conversation: Conversation, *, actor: Employee, responsible: Employee | None
) -> Any:
    """A new item with what is known of the customer, in the fields that the actor may fill.

    It is the actor's own where their role lets them add none for the responsible. Returns its
    row. Raises NotFound, Forbidden, Invalid as `create_item` does.
    """
    list_ = list_of(kind)
    schema = schema_for(actor, list_, new=True)
    given = {**_about(kind, conversation), **_origin(schema, conversation)}
    given["RESPONSIBLE"] = actor.pk
    if responsible and may_add_for(actor, list_.pk, responsible.pk):
        given["RESPONSIBLE"] = responsible.pk
    return create_item(kind, fitting(schema, given, actor=actor), actor=actor)


def drop_dead_lead(customer: Customer) -> None:
    """A customer of whom CRM knows nothing but a lead that is over, or in the bin, is a stranger
    again; the caller saves it. Asked in nobody's name: nothing of the lead is shown."""
    alone = customer.lead_id and not (customer.contact_id or customer.deal_id)
    if alone and not _is_at_work(customer.lead_id or 0):
        customer.lead_id = None


def _is_at_work(lead_id: int) -> bool:
    schema = schema_of(list_of(LEAD))
    rows = schema.model.objects.filter(in_progress(schema), pk=lead_id, deleted_at=None)
    return bool(rows.exists())


def ways_of(customer: Customer) -> dict[str, list[str]]:
    """PHONE and EMAIL as fields keep them; what a customer mistyped is left out."""
    phone = normal(PointType.PHONE, customer.phone)
    return {"PHONE": [phone] if phone else [], "EMAIL": _emails(customer.email)}


def _emails(typed: str) -> list[str]:
    try:
        validate_email(typed)
    except ValidationError:
        return []
    return [typed]


def _about(kind: Kind, conversation: Conversation) -> dict[str, Any]:
    customer = conversation.customer
    own: dict[str, Any] = {"NAME": _title(kind, conversation)[:LONGEST_NAME]}
    if kind == DEAL:
        contacts = [customer.contact_id] if customer.contact_id else []
        return {**own, "CONTACTS": contacts, "LEAD": customer.lead_id}
    own |= {"FIRST_NAME": customer.name, **ways_of(customer)}
    return {**own, "CONTACT": customer.contact_id} if kind == LEAD else own


def _title(kind: Kind, conversation: Conversation) -> str:
    who = str(conversation.customer)
    if kind == CONTACT:
        return who
    return _("%(channel)s: %(who)s") % {"channel": conversation.channel.name, "who": who}


def _origin(schema: Schema, conversation: Conversation) -> dict[str, Any]:
    """Where the customer came from: the source, the page and its UTM marks."""
    facts: Mapping[str, str] = conversation.customer.facts
    page = web_address(facts.get("page"))
    marks = {**marks_of(page), **{name: facts[name] for name in MARKS if facts.get(name)}}
    return {
        "SOURCE": source_named(schema, OPEN_LINE),
        "SOURCE_INFO": page or conversation.line.name,
        **{name.upper(): mark for name, mark in marks.items()},
    }
