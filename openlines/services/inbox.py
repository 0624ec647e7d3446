"""What customers send: into the conversation that is open, or into a new one; each once."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from lists_core.models import StoredFile
from openlines.chat_channels.base import Inbound
from openlines.models import Channel, Conversation, Customer, Message
from openlines.services import clock
from openlines.services.incoming_files import keep_incoming
from openlines.services.messages import append, event, kept_text, locked
from openlines.services.outcomes import announce
from openlines.services.queue import distribute
from openlines.services.recognition import wish

FACTS = ("name", "phone", "email")
FACTS_KEPT = 40
LENGTHS = {"name": 200, "phone": 40, "email": 254}


def take_in(channel: Channel, inbound: Inbound) -> Message:
    """Keep a customer's message; one that came before is returned as it stands.

    Files that the portal does not take are named in the text instead.
    """
    inbound = storable(inbound)
    present = _present(channel, inbound)
    if present is not None:  # before its files are stored once more, for nobody
        return present
    files, refused = keep_incoming(channel, inbound.customer, inbound.files)
    text = "\n".join(filter(None, [inbound.text, *refused]))
    with transaction.atomic():
        customer = _customer(channel, inbound)
        present = _present(channel, inbound)  # of two that came at once
        if present is not None:
            return present
        conversation, is_new = _open(channel, customer)
        message = _append(conversation, inbound, text, files)
        if is_new:
            announce("opened", conversation)
            wish(conversation)
            clock.greet(conversation)
        distribute(conversation)
    return message


def make_known(channel: Channel, inbound: Inbound) -> Customer:
    """Keep what the channel tells of a customer who has not said anything."""
    with transaction.atomic():
        return _customer(channel, storable(inbound))


def storable(inbound: Inbound) -> Inbound:
    """The same without what a database cannot keep, and of no time that is still to come."""
    facts = {kept_text(key)[:40]: kept_text(value) for key, value in inbound.facts.items()}
    return replace(
        inbound,
        customer=kept_text(inbound.customer)[:200],
        external_id=kept_text(inbound.external_id)[:200],
        text=kept_text(inbound.text),
        subject=kept_text(inbound.subject)[:300],
        facts=facts,
        at=min(inbound.at, timezone.now()) if inbound.at else None,
    )


def _customer(channel: Channel, inbound: Inbound) -> Customer:
    """Their row, locked: two first messages at once must not make two conversations."""
    Customer.objects.bulk_create(
        [Customer(channel=channel, external_id=inbound.customer)], ignore_conflicts=True
    )
    # The line and the channel stay free: an answer that counts its quick replies for the line
    # holds the conversation, which this waits for.
    rows = Customer.objects.select_for_update(of=("self",)).select_related("channel__line")
    customer = rows.get(channel=channel, external_id=inbound.customer)
    _learn(customer, inbound)
    return customer


def _learn(customer: Customer, inbound: Inbound) -> None:
    """What the channel tells fills what is empty; a person's corrections stay."""
    for name in FACTS:
        if not getattr(customer, name):
            setattr(customer, name, inbound.facts.get(name, "")[: LENGTHS[name]])
    more = {key: value[:500] for key, value in inbound.facts.items() if key not in FACTS}
    known = {**customer.facts, **more}
    customer.facts = dict(list(known.items())[:FACTS_KEPT])
    customer.save()


def _present(channel: Channel, inbound: Inbound) -> Message | None:
    """The message, if it came before, in whichever of the customer's conversations."""
    if not inbound.external_id:
        return None
    known = Conversation.objects.filter(
        customer__channel=channel, customer__external_id=inbound.customer
    )
    rows = Message.objects.filter(conversation__in=known, external_id=inbound.external_id)
    return rows.first()


def _open(channel: Channel, customer: Customer) -> tuple[Conversation, bool]:
    """The customer's open conversation, locked, or a new one."""
    rows = Conversation.objects.exclude(state=Conversation.State.CLOSED)
    pk = rows.filter(customer=customer).values_list("pk", flat=True).first()
    if pk is not None:
        found = locked(pk)
        # An operator may have closed it while this waited for its lock.
        if found.state != Conversation.State.CLOSED:
            return found, False
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
        external_id=inbound.external_id,
        at=inbound.at,
        data={"subject": inbound.subject} if inbound.subject else {},
    )
