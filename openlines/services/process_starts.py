"""Tells processes of the items to which a customer is linked what became of a conversation."""

from __future__ import annotations

from lists_core.models import Element
from lists_core.services.outbox import announce
from openlines.models import Conversation, Customer

#: What starts processes: the topic is `chat.<what>`.
OPENED, NO_ANSWER, CLOSED = "opened", "no_answer", "closed"
STARTS = (OPENED, NO_ANSWER, CLOSED)


def tell_processes(what: str, conversation: Conversation) -> None:
    """An event for the lead, the contact and the deal each, in the transaction of the change.

    Its starter is the line's service employee: an operator may know nothing of CRM.
    """
    for pk, list_id in linked_elements(conversation):
        announce(
            f"chat.{what}", list_id, ids=[pk], conversation=conversation.pk,
            line=conversation.line_id, actor=conversation.line.service_employee_id,
        )  # fmt: skip


def linked_elements(conversation: Conversation) -> list[tuple[int, int]]:
    """(element, list) of what the customer is linked to now."""
    links = Customer.objects.values_list("lead", "contact", "deal").get(pk=conversation.customer_id)
    rows = Element.objects.filter(pk__in=[pk for pk in links if pk]).order_by("pk")
    return list(rows.values_list("pk", "list"))
