"""Conversations as processes see and use them."""

from __future__ import annotations

from django.db.models import Case, Exists, F, OuterRef, Q, When

from openlines.models import Conversation, Customer, LineMember, Participant
from openlines.selectors.desk import may_answer, visible_conversations
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound


def open_to_process(actor: Employee, conversation: Conversation) -> bool:
    """Whether a process in this employee's name may know of it: they see it, or the line itself
    works in their name."""
    if conversation.line.service_employee_id == actor.pk:
        return actor.is_active
    return visible_conversations(actor).filter(pk=conversation.pk).exists()


def access_for_process(actor: Employee, conversation_id: int) -> Conversation:
    """A conversation in which a process may act in this employee's name: one that they may
    answer, or one of the line that works in their name. Raises NotFound, Forbidden."""
    rows = Conversation.objects.select_related("line", "channel", "customer", "operator")
    found = rows.filter(pk=conversation_id).first()
    if found is None or not open_to_process(actor, found):
        raise NotFound
    if found.line.service_employee_id != actor.pk and not may_answer(actor, found):
        raise Forbidden
    return found


def conversation_of_item(element_id: int, actor: Employee) -> int | None:
    """The newest conversation of the customers linked to a CRM item, open ones first: of those
    in which a process may act in this employee's name, else of all."""
    linked = Q(lead=element_id) | Q(contact=element_id) | Q(deal=element_id)
    rows = Conversation.objects.filter(customer__in=Customer.objects.filter(linked))
    supervised = LineMember.objects.filter(employee=actor, role=LineMember.Role.SUPERVISOR)
    inside = Participant.objects.filter(conversation=OuterRef("pk"), employee=actor, left_at=None)
    theirs = Q(line__in=supervised.values("line")) | Q(line__service_employee=actor)
    rows = rows.annotate(fits=Case(When(theirs | Exists(inside), then=1), default=0))
    newest = rows.order_by("-fits", F("closed_at").desc(nulls_first=True), "-pk")
    return newest.values_list("pk", flat=True).first()
