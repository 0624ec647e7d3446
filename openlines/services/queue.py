"""Who gets a conversation: evenly, strictly in order, or everybody at once."""

from __future__ import annotations

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils import timezone

from openlines.models import Conversation, Line, LineMember, Participant
from openlines.models.lines import ONLINE
from openlines.services import clock
from openlines.services.messages import event
from openlines.services.news import listeners, tell, tell_gone
from openlines.services.notices import tell_given
from openlines.services.recognition import look_again
from staff.models import Employee
from staff.selectors_absences import away

State = Conversation.State


def distribute(conversation: Conversation, *, without: int | None = None) -> None:
    """Give a locked, queued conversation to the operator whose turn it is.

    `without` is the id of an employee passed over this time. In a line that goes to all, and
    where nobody is free, it stays in the queue.
    """
    if conversation.state == State.QUEUED:
        _give_to_next(conversation, without)


def pass_on(conversation: Conversation, was: Employee) -> None:
    """To an operator after `was`; where nobody else is free it stays with whom it is."""
    _give_to_next(conversation, was.pk)


def put_back(conversation: Conversation, *, by: int | None, without: int | None = None) -> None:
    """Out of its operator's hands into the queue, and to the next; the customer waits again, also
    when the operator spoke last. `by` is None where the operator is gone from the portal."""
    was = conversation.operator_id
    if was is not None:
        put_out(conversation, was)
    conversation.operator, conversation.state = None, State.QUEUED
    clock.wait_again(conversation)
    event(conversation, "returned", by=by, employee=was)
    distribute(conversation, without=without)


def _give_to_next(conversation: Conversation, without: int | None) -> None:
    if conversation.line.queue == Line.Queue.ALL:
        return
    chosen = _next(conversation.line, without)
    if chosen is not None:
        give(conversation, chosen.employee)
        LineMember.objects.filter(pk=chosen.pk).update(given_at=timezone.now())


def anybody_free(line: Line) -> bool:
    return _free(line, None).exists()


def give(
    conversation: Conversation,
    employee: Employee,
    *,
    by: Employee | None = None,
    what: str = "given",
) -> None:
    """Make somebody the operator of a locked conversation; whoever was it before only reads.

    `what` is how: given by the queue, taken, or transferred by somebody.
    """
    before = listeners(conversation)
    if conversation.operator_id is not None:
        before.add(conversation.operator_id)
        put_out(conversation, conversation.operator_id)
    conversation.operator, conversation.state = employee, State.ACTIVE
    conversation.given_at = timezone.now()
    enter(conversation, employee)
    clock.set_alarm(conversation)
    event(conversation, what, employee=employee.pk, by=by.pk if by else None)
    tell(conversation, "given", {"operator": employee.pk})
    tell_gone(conversation, before)
    if what not in {"taken", "reopened"}:  # their own deed
        tell_given(conversation, employee, by=by)
    look_again(conversation)


def enter(conversation: Conversation, employee: Employee) -> None:
    """The employee is in the conversation, whether they were before or not."""
    Participant.objects.update_or_create(
        conversation=conversation,
        employee=employee,
        defaults={"left_at": None},
        create_defaults={"joined_at": timezone.now()},
    )


def put_out(conversation: Conversation, employee_id: int) -> bool:
    """The employee is in a locked conversation no more; whether they were."""
    inside = Q(conversation=conversation, employee=employee_id, left_at=None)
    return bool(Participant.objects.filter(inside).update(left_at=timezone.now()))


def _next(line: Line, without: int | None) -> LineMember | None:
    """The operator whose turn it is, their row locked so that two queues do not both choose it."""
    rows = _free(line, without)
    if line.queue == Line.Queue.EVENLY:
        rows = rows.order_by(F("given_at").asc(nulls_first=True), "sort", "pk")
    else:
        rows = _from_after(rows, line, without)
    for pk in rows.values_list("pk", flat=True):
        found = LineMember.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
        if found is not None:
            return found
    return None


def _from_after(
    rows: QuerySet[LineMember], line: Line, employee_id: int | None
) -> QuerySet[LineMember]:
    """Whoever stands after the employee, then the first ones: what nobody answers goes round,
    and not to and fro between two."""
    operators = LineMember.objects.filter(line=line, role=LineMember.Role.OPERATOR)
    was = operators.filter(employee=employee_id).first() if employee_id else None
    if was is None:
        return rows
    later = Q(sort__gt=was.sort) | Q(sort=was.sort, pk__gt=was.pk)
    return rows.order_by(Case(When(later, then=Value(0)), default=Value(1)), "sort", "pk")


def _free(line: Line, without: int | None) -> QuerySet[LineMember]:
    """Operators who may get one more, in their order; nobody who is away today."""
    rows = LineMember.objects.filter(
        line=line,
        role=LineMember.Role.OPERATOR,
        is_paused=False,
        employee__is_active=True,
    ).exclude(Q(employee=without) | Q(employee__in=away()))
    busy = (
        Conversation.objects.filter(line=line, state=State.ACTIVE)
        .values("operator")
        .annotate(number=Count("pk"))
        .filter(number__gte=line.at_once)
    )
    rows = rows.exclude(employee__in=busy.values("operator"))
    if line.only_online:
        rows = rows.filter(seen_at__gte=timezone.now() - ONLINE)
    return rows.order_by("sort", "pk")
