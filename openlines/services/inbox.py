"""What customers send: into the conversation that is open, or into a new one; each once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lists_core.models import StoredFile
from openlines.chat_channels.base import Inbound
from openlines.models import Channel, Conversation, Customer, Message
from openlines.services import clock
from openlines.services.incoming_files import keep_incoming
from openlines.services.messages import append, event, locked
from openlines.services.outcomes import announce
from openlines.services.queue import distribute

FACTS = ("name", "phone", "email")
LENGTHS = {"name": 200, "phone": 40, "email": 254}


def take_in(channel: Channel, inbound: Inbound) -> Message:
    """Keep a customer's message; one that came before is returned as it stands.

    Files that the portal does not take are named in the text instead.
    """
    files, refused = keep_incoming(channel.line, inbound.files)
    text = "\n".join(filter(None, [inbound.text, *refused]))
    with transaction.atomic():
        customer = _customer(channel, inbound)
        present = _present(customer, inbound)
        if present is not None:
            return present
        conversation, is_new = _open(channel, customer)
        message = _append(conversation, inbound, text, files)
        if is_new:
            announce("opened", conversation)
            clock.greet(conversation)
        distribute(conversation)
    return message


def _customer(channel: Channel, inbound: Inbound) -> Customer:
    """Their row, locked: two first messages at once must not make two conversations."""
    Customer.objects.bulk_create(
        [Customer(channel=channel, external_id=inbound.customer)], ignore_conflicts=True
    )
    rows = Customer.objects.select_for_update().select_related("channel__line")
    customer = rows.get(channel=channel, external_id=inbound.customer)
    _learn(customer, inbound)
    return customer


def _learn(customer: Customer, inbound: Inbound) -> None:
    """What the channel tells fills what is empty; a person's corrections stay."""
    for name in FACTS:
        if not getattr(customer, name):
            setattr(customer, name, inbound.facts.get(name, "")[: LENGTHS[name]])
    more = {key: value[:500] for key, value in inbound.facts.items() if key not in FACTS}
    customer.facts = {**customer.facts, **more}
    customer.save()


def _present(customer: Customer, inbound: Inbound) -> Message | None:
    """The message, if it came before, in whichever of the customer's conversations."""
    if not inbound.external_id:
        return None
    known = Message.objects.filter(conversation__customer=customer)
    return known.filter(external_id=inbound.external_id).first()


def _open(channel: Channel, customer: Customer) -> tuple[Conversation, bool]:
    """The customer's open conversation, locked, or a new one."""
    rows = Conversation.objects.exclude(state=Conversation.State.CLOSED)
    pk = rows.filter(customer=customer).values_list("pk", flat=True).first()
    if pk is not None:
        return locked(pk), False
    now = timezone.now()
    made = Conversation.objects.create(
        line=channel.line, channel=channel, customer=customer, opened_at=now, last_at=now
    )
    opened = locked(made.pk)
    event(opened, "opened")
    return opened, True


def _append(
    conversation: Conversation, inbound: Inbound, text: str, files: list[StoredFile]
) -> Message:
    conversation.waiting_since = conversation.waiting_since or timezone.now()
    clock.set_alarm(conversation)
    return append(
        conversation,
        Message.Kind.CUSTOMER,
        text,
        files=files,
        external_id=inbound.external_id[:200],
        at=inbound.at,
    )
