"""Who writes: found in CRM when a conversation begins, and a lead made where the line wants one.

All of it in the name of the line's service employee, after the message is kept: a lead that
cannot be made must not cost the customer's words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_link.kinds import LEAD
from crm_link.selectors.kinds import is_set_up, list_of
from crm_link.services.from_customers import from_customers
from lists_core.access import Right
from lists_core.selectors.elements import access_element
from lists_core.services.elements import update_element
from openlines.models import Conversation, Customer, Line, Recognition
from openlines.selectors.persons import Found, found_by_ways
from openlines.services.crm_items import drop_dead_lead, make_item, ways_of
from openlines.services.messages import locked
from openlines.services.news import tell_desks
from openlines.services.process_starts import tell_processes
from staff.models import Employee
from svod.base.errors import Conflict, DomainError, Invalid, NotFound
from svod.base.tasks import wake

log = structlog.get_logger(__name__)
AT_ONCE = 50
MAX_TRIES = 6


def wish(conversation: Conversation) -> None:
    """Have the customer of a new conversation looked up, in its transaction."""
    Recognition.objects.create(conversation=conversation, due_at=timezone.now())
    wake("openlines.work")


def look_again(conversation: Conversation) -> None:
    """Something became known: who the customer is, or which operator answers."""
    rows = Recognition.objects.filter(conversation=conversation.pk)
    if rows.update(due_at=timezone.now(), tries=0):
        wake("openlines.work")


def look(now: datetime | None = None) -> int:
    """Take up what is due; returns how many. Any number of workers may."""
    now = now or timezone.now()
    due = Recognition.objects.filter(due_at__lte=now).order_by("due_at")
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    for pk in ids:
        _recognise(pk, now)
    return len(ids)


def _recognise(pk: int, now: datetime) -> None:
    try:
        with transaction.atomic():
            _settle(pk, now)
    except Exception:
        log.warning("chat_recognition_failed", conversation=pk, exc_info=True)
        _later(pk, now)


def _settle(pk: int, now: datetime) -> None:
    """Under the locks of the customer and the conversation, in the order of `take_in`."""
    customer_id = Conversation.objects.values_list("customer", flat=True).get(pk=pk)
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
    conversation = locked(pk)
    conversation.customer = customer
    row = Recognition.objects.select_for_update().get(pk=pk)
    if row.due_at is None or row.due_at > now:
        return  # another worker was first
    row.error = ""
    if is_set_up():
        _look_up(row, conversation)
    _done(row, conversation, now)


def _look_up(row: Recognition, conversation: Conversation) -> None:
    """A reason that trying again does not mend is told beside the chat: a person may make the
    lead by hand."""
    actor = conversation.line.service_employee
    if actor is None or not actor.is_active:
        row.error = _("The line has no service employee to work for it.")
        return
    if row.decided_at is None:  # later on, what became of it during the talk is a person's doing
        drop_dead_lead(conversation.customer)
    with override(actor.language):
        found = found_by_ways(actor, conversation.customer)
        _link(conversation.customer, found)
        try:
            with transaction.atomic():
                _write_lead(row, conversation, actor, found)
        except Conflict:
            raise
        except DomainError as error:
            row.error = _why(error)[:500]
    conversation.customer.save(update_fields=["lead", "contact"])


def _why(error: DomainError) -> str:
    """Without the names of fields: not every operator knows of all of them."""
    if isinstance(error, Invalid):
        return " ".join(text for texts in error.errors.values() for text in texts)
    return str(error)


def _write_lead(
    row: Recognition, conversation: Conversation, actor: Employee, found: Found
) -> None:
    if row.lead_id is not None:
        _complete(row, conversation, actor)
    elif row.decided_at is None and _wants_lead(conversation, found):
        _make_lead(row, conversation, actor)


def _link(customer: Customer, found: Found) -> None:
    """What is clear: one contact, the open lead. Of several contacts a person chooses."""
    if customer.contact_id is None and len(found.contacts) == 1:
        customer.contact_id = found.contacts[0]
    if customer.lead_id is None and found.leads:
        customer.lead_id = found.leads[-1]


def _wants_lead(conversation: Conversation, found: Found) -> bool:
    line, customer = conversation.line, conversation.customer
    linked = customer.lead_id or customer.contact_id or customer.deal_id
    known = bool(linked or found.contacts or found.companies or found.leads)
    wanted = {Line.Leads.ALWAYS: True, Line.Leads.UNKNOWN: not known}
    return wanted.get(Line.Leads(line.leads), False)


def _make_lead(row: Recognition, conversation: Conversation, actor: Employee) -> None:
    operator, customer = conversation.operator, conversation.customer
    with from_customers():
        made = make_item(LEAD, conversation, actor=actor, responsible=operator)
    row.lead_id = customer.lead_id = made.pk
    row.is_handed_over = operator is not None
    if customer.contact_id is None:
        customer.contact_id = _lead(made.pk, actor)[1].get("CONTACT")  # recognised by CRM itself


def _complete(row: Recognition, conversation: Conversation, actor: Employee) -> None:
    """What became known after the lead was made: who answers, and how to reach the customer.
    What a person has written into the lead stays."""
    try:
        version, present = _lead(row.lead_id or 0, actor)
    except NotFound:  # in the bin, or closed to the service employee by now
        return
    values: dict[str, Any] = {
        code: value
        for code, value in ways_of(conversation.customer).items()
        if value and not present.get(code)
    }
    operator = conversation.operator
    if operator is not None and not row.is_handed_over:
        row.is_handed_over = True
        if present.get("RESPONSIBLE") == actor.pk:
            values["RESPONSIBLE"] = operator.pk
    if values:
        with from_customers():
            update_element(list_of(LEAD).pk, row.lead_id or 0, values, version=version, actor=actor)


def _lead(pk: int, actor: Employee) -> tuple[int, dict[str, Any]]:
    """Version and values of a lead as the service employee reads it. Raises NotFound."""
    _list, schema, row = access_element(actor, Right.VIEW, list_of(LEAD).pk, pk)
    return row.version, {one.code: one.read(row) for one in schema.fields}


def _done(row: Recognition, conversation: Conversation, now: datetime) -> None:
    first = row.decided_at is None
    row.decided_at, row.due_at, row.tries = row.decided_at or now, None, 0
    row.save()
    tell_desks(conversation, "customer")
    if first:
        tell_processes("opened", conversation)


def _later(pk: int, now: datetime) -> None:
    row = Recognition.objects.get(pk=pk)
    if row.tries + 1 < MAX_TRIES:
        pause = timedelta(seconds=2 ** (row.tries + 1))
        Recognition.objects.filter(pk=pk).update(tries=row.tries + 1, due_at=now + pause)
        return
    with transaction.atomic():
        row.error = _("The portal could not make the lead.")
        _done(row, locked(pk), now)
