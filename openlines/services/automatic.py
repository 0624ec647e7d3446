"""What processes do in conversations, in the name of somebody who may."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import LEAD
from crm_link.services.from_customers import from_customers
from openlines.models import Conversation, Customer, Message
from openlines.selectors.desk import is_member
from openlines.selectors.processes import access_for_process
from openlines.services.crm_items import drop_dead_lead, make_item
from openlines.services.messages import MAX_TEXT, append, locked
from openlines.services.news import tell_desks
from openlines.services.queue import give
from staff.models import Employee
from svod.base.errors import Conflict, Invalid

State = Conversation.State


def say_automatically(conversation_id: int, text: str, *, actor: Employee, key: str) -> Message:
    """Tell the customer something in nobody's name, also after the conversation was closed.

    Under the same `key` it is the message of then. Raises NotFound, Forbidden, Invalid.
    """
    access_for_process(actor, conversation_id)
    if not text.strip() or len(text) > MAX_TEXT:
        raise Invalid({"text": [_("The text is empty or too long.")]})
    with transaction.atomic():
        conversation = locked(conversation_id)
        present = conversation.messages.filter(client_key=key[:64]).first()
        if present is not None:
            return present
        return append(conversation, Message.Kind.AUTO, text.strip(), client_key=key[:64])


def assign(conversation_id: int, employee: Employee, *, actor: Employee) -> Conversation:
    """Make a member of the line the operator. Raises NotFound, Forbidden, Invalid, Conflict."""
    access_for_process(actor, conversation_id)
    with transaction.atomic():
        conversation = locked(conversation_id)
        if conversation.state == State.CLOSED:
            raise Conflict(_("The conversation is closed."))
        if not is_member(employee, conversation.line):
            text = _("This employee is not an operator of the line.")
            raise Invalid({"people": [text]}, text)
        if conversation.operator_id != employee.pk:
            give(conversation, employee, what="assigned")
    return conversation


def lead_of(conversation_id: int, *, actor: Employee) -> tuple[int, bool]:
    """The customer's lead and whether it was made now: also where theirs is over and CRM knows
    nothing else of them. Raises NotFound, Forbidden, Invalid."""
    conversation = access_for_process(actor, conversation_id)
    with transaction.atomic():
        rows = Customer.objects.select_for_update(of=("self",)).select_related("channel")
        customer = conversation.customer = rows.get(pk=conversation.customer_id)
        drop_dead_lead(customer)
        if customer.lead_id is not None:
            return customer.lead_id, False
        with from_customers():
            made = make_item(LEAD, conversation, actor=actor, responsible=conversation.operator)
        customer.lead_id = made.pk
        customer.save(update_fields=["lead"])
        tell_desks(conversation, "customer")
    return int(made.pk), True
