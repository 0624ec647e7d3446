"""What operators do with the customer of a conversation: who it is, and what CRM has of them.

Whoever may answer the conversation may do it; the items of CRM go by their own rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import CONTACT, DEAL, LEAD, Kind
from crm_link.refs import CrmRef
from crm_link.selectors.items import open_item
from lists_core.access import Right
from lists_core.element_tabs import Target
from lists_core.services.values import incomplete
from openlines.models import Conversation, Customer
from openlines.selectors.customers import LINKED
from openlines.selectors.desk import access_conversation, require_to_answer
from openlines.services.crm_items import make_item
from openlines.services.news import tell_desks
from openlines.services.recognition import look_again
from staff.models import Employee
from svod.base.errors import Conflict, Invalid, NotFound

LENGTHS = {"name": 200, "phone": 40, "email": 254}
#: The field of a lead or a deal that names its contact.
CONTACT_OF = {LEAD: "CONTACT", DEAL: "CONTACTS"}


def change_customer(
    conversation_id: int, values: Mapping[str, str], *, actor: Employee
) -> Customer:
    """Keep the name, the phone, the e-mail as the operator knows them.

    Raises NotFound, Forbidden, Invalid.
    """
    given = {name: values.get(name, "").replace("\0", "").strip() for name in LENGTHS}
    _check(given)
    with transaction.atomic():
        conversation = _answered_by(actor, conversation_id)
        customer = _locked(conversation)
        for name, value in given.items():
            setattr(customer, name, value)
        customer.save(update_fields=[*LENGTHS])
        look_again(conversation)
        tell_desks(conversation, "customer")
    return customer


def _check(given: Mapping[str, str]) -> None:
    errors: dict[str, list[Any]] = {
        name: [_("This is too long.")] for name, text in given.items() if len(text) > LENGTHS[name]
    }
    try:
        if given["email"]:
            validate_email(given["email"])
    except ValidationError:
        errors["email"] = [_("Enter a valid e-mail address.")]
    if errors:
        raise Invalid(errors)


def link_item(conversation_id: int, ref: CrmRef, *, actor: Employee) -> None:
    """The customer is that lead, contact or deal; a lead or a deal brings its contact along.

    Raises NotFound (also for an item that the actor does not see), Forbidden.
    """
    kind = next((one for one in LINKED if one.slug == ref.kind), None)
    if kind is None:
        raise NotFound
    with transaction.atomic():
        conversation = _answered_by(actor, conversation_id)
        target = open_item(actor, Right.VIEW, kind, ref.id)
        customer = _locked(conversation)
        setattr(customer, f"{kind.slug}_id", target.id)
        if customer.contact_id is None:
            customer.contact_id = _contact_of(kind, target)
        customer.save(update_fields=["lead", "contact", "deal"])
        tell_desks(conversation, "customer")


def _contact_of(kind: Kind, target: Target) -> int | None:
    """The first contact of a lead or a deal that the actor may see there."""
    field = target.schema.get(CONTACT_OF.get(kind, ""))
    ids = field.items(field.read(target.row)) if field else []
    try:
        return open_item(target.actor, Right.VIEW, CONTACT, ids[0]).id if ids else None
    except NotFound:
        return None


def unlink_item(conversation_id: int, kind: Kind, *, actor: Employee) -> None:
    """The customer is not that item. The item itself stays as it is. Raises NotFound, Forbidden."""
    if kind not in LINKED:
        raise NotFound
    with transaction.atomic():
        conversation = _answered_by(actor, conversation_id)
        Customer.objects.filter(pk=conversation.customer_id).update(**{kind.slug: None})
        tell_desks(conversation, "customer")


def make_linked(conversation_id: int, kind: Kind, *, actor: Employee) -> int:
    """A lead, a contact or a deal of this customer, made by the operator; returns its id.

    What is required is filled in its card: a click gives no values.
    Raises NotFound, Forbidden, Invalid as `create_item` does, Conflict where the customer is
    linked to one already: of two clicks at once one makes it.
    """
    if kind not in LINKED:
        raise NotFound
    with transaction.atomic():
        conversation = _answered_by(actor, conversation_id)
        customer = conversation.customer = _locked(conversation)
        if getattr(customer, f"{kind.slug}_id"):
            raise Conflict(_("The customer has one already."))
        with incomplete():
            made = make_item(kind, conversation, actor=actor, responsible=actor)
        setattr(customer, f"{kind.slug}_id", made.pk)
        customer.save(update_fields=[kind.slug])
        tell_desks(conversation, "customer")
    return int(made.pk)


def _answered_by(actor: Employee, conversation_id: int) -> Conversation:
    conversation = access_conversation(actor, conversation_id)
    require_to_answer(actor, conversation)
    return conversation


def _locked(conversation: Conversation) -> Customer:
    rows = Customer.objects.select_for_update(of=("self",)).select_related("channel")
    return rows.get(pk=conversation.customer_id)
