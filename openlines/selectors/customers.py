"""The customer beside the chat: what CRM has of them and the actor may see, and their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from crm_link.kinds import CONTACT, DEAL, LEAD, Kind
from crm_link.refs import CrmRef
from crm_link.selectors.duplicates import Like
from crm_link.selectors.item_titles import item_titles
from crm_link.selectors.kinds import visible_kinds
from lists_core.access import Right, may_somewhere, remembering
from lists_core.field_types.base import Title
from openlines.models import Conversation, Message, Recognition
from openlines.selectors.desk import may_answer, visible_conversations
from openlines.selectors.persons import alike, open_deals
from staff.models import Employee

#: The kinds to which a customer is linked, in the order in which the card shows them.
LINKED = (LEAD, CONTACT, DEAL)
EARLIER = 10
#: Of a transcript, on one page.
PAGE = 500


@dataclass(frozen=True)
class Slot:
    """The customer's item of one kind: its title, or `is_closed` when the reader may not see it."""

    kind: Kind
    item: Title | None
    is_closed: bool
    may_make: bool


@dataclass(frozen=True)
class CustomerCard:
    conversation: Conversation
    may_change: bool
    slots: Sequence[Slot]
    alike: Sequence[Like]
    deals: Sequence[Mapping[str, Any]]
    earlier: Sequence[Conversation]
    #: Who is in the conversation now.
    people: Sequence[Employee]
    #: Why the line could not make a lead, for those who answer.
    trouble: str


def customer_card(actor: Employee, conversation: Conversation) -> CustomerCard:
    """As many queries however much there is. `conversation` was accessed by the actor."""
    with remembering():
        may_change = may_answer(actor, conversation)
        slots = _slots(actor, conversation, may_change=may_change)
        return CustomerCard(
            conversation,
            may_change,
            slots,
            _alike(actor, conversation, slots) if may_change else [],
            _deals(actor, conversation, slots),
            earlier_conversations(actor, conversation, slots),
            _people(conversation),
            _trouble(conversation) if may_change else "",
        )


def _slots(actor: Employee, conversation: Conversation, *, may_change: bool) -> list[Slot]:
    lists = visible_kinds(actor)
    ids = {kind: getattr(conversation.customer, f"{kind.slug}_id") for kind in LINKED}
    titles = item_titles(actor, {CrmRef(kind.slug, pk) for kind, pk in ids.items() if pk})
    found = []
    for kind in LINKED:
        item = titles.get(CrmRef(kind.slug, ids[kind] or 0))
        list_ = lists.get(kind.slug)
        may_make = bool(
            may_change and list_ and not ids[kind] and may_somewhere(actor, Right.ADD, list_)
        )
        if list_ or ids[kind]:
            found.append(Slot(kind, item, bool(ids[kind] and item is None), may_make))
    return found


def _free(slots: Sequence[Slot]) -> list[Kind]:
    """The kinds of which the customer has no item yet."""
    return [one.kind for one in slots if one.item is None and not one.is_closed]


def _alike(actor: Employee, conversation: Conversation, slots: Sequence[Slot]) -> list[Like]:
    among = [kind for kind in _free(slots) if kind != DEAL]
    return alike(actor, conversation.customer, among)


def _seen_contact(conversation: Conversation, slots: Sequence[Slot]) -> int | None:
    shown = any(one.kind == CONTACT and one.item for one in slots)
    return conversation.customer.contact_id if shown else None


def _deals(
    actor: Employee, conversation: Conversation, slots: Sequence[Slot]
) -> list[Mapping[str, Any]]:
    contact = _seen_contact(conversation, slots)
    found = open_deals(actor, contact) if contact else []
    return [one for one in found if one["id"] != conversation.customer.deal_id]


def earlier_conversations(
    actor: Employee, conversation: Conversation, slots: Sequence[Slot]
) -> list[Conversation]:
    """Those of the same customer that the actor may see, through other channels too where they
    are linked to the same contact."""
    own = Q(customer=conversation.customer_id)
    contact = _seen_contact(conversation, slots)
    if contact:
        own |= Q(customer__contact=contact)
    rows = visible_conversations(actor).filter(own).exclude(pk=conversation.pk)
    return list(rows.select_related("line", "channel", "operator").order_by("-pk")[:EARLIER])


def _people(conversation: Conversation) -> list[Employee]:
    inside = conversation.participants.filter(left_at=None).select_related("employee")
    return [one.employee for one in inside.order_by("pk")]


def _trouble(conversation: Conversation) -> str:
    rows = Recognition.objects.filter(conversation=conversation.pk)
    return rows.values_list("error", flat=True).first() or ""


def transcript(conversation: Conversation, after: int = 0) -> tuple[list[Message], int]:
    """What was said after a message, a page of it, for an employee who may see the conversation;
    with the number after which the next page begins, 0 at the end."""
    rows = conversation.messages.select_related("author").prefetch_related("attachments__file")
    said = list(rows.filter(seq__gt=after).order_by("seq")[: PAGE + 1])
    return said[:PAGE], said[PAGE - 1].seq if len(said) > PAGE else 0
