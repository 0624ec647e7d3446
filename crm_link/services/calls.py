"""The call log: each call that an exchange tells, written down at the item it belongs to."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm_link.models import Activity, PhoneCall, Telephony
from crm_link.points import PointType
from crm_link.selectors.calls import access_call
from crm_link.selectors.points import find_by_points
from crm_link.services.activities import change_activity, create_activity, finish_activity
from crm_link.services.call_places import Known, employee_of, place_of, sees, who_answers
from crm_link.telephony import Told
from lists_core.models import Element
from staff.models import Employee
from svod.base.errors import Conflict, DomainError, Forbidden, NotFound

log = structlog.get_logger(__name__)


def log_call(told: Told, row: Telephony) -> PhoneCall:
    """Write a call down at the deal, contact, company or lead of its number; the same id twice
    adds what has become known. It is kept, if at no item, whatever the owner of the token may
    do. Raises Forbidden without one, Conflict while a list is being changed."""
    actor = row.owner
    if actor is None:
        raise Forbidden
    with transaction.atomic(), override(actor.language):
        _one_at_a_time(told.number)
        call, is_new = _call(told)
        if is_new:
            call.employee = employee_of(told.employee, row)
        else:
            _add(call, told)
        _at_its_item(call, row, actor)
        call.save()
    return call


def place_call(call_id: int, element_id: int, *, actor: Employee) -> PhoneCall:
    """Write a call that found no place down at an item that the actor sees. Raises NotFound,
    Conflict (somebody else did)."""
    with transaction.atomic():
        access_call(actor, call_id)
        call = PhoneCall.objects.select_for_update(of=("self",)).get(pk=call_id)
        if call.element_id is not None:
            raise Conflict(_("The call is written down already."))
        element = Element.objects.select_related("list").filter(pk=element_id).first()
        if element is None:
            raise NotFound
        had = call.employee
        who = had if had and had.is_active and sees(had, element) else actor
        call.element = element
        call.activity = create_activity(element.pk, actor=actor, **_activity(call, who))
        call.save()
    return call


def _one_at_a_time(number: str) -> None:
    """Until the transaction ends: the legs of a ring group are told at once, each by its own id."""
    with connection.cursor() as cursor:
        key = f"call:{number}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _call(told: Told) -> tuple[PhoneCall, bool]:
    """The row, locked; of two that tell the same call at once the second finds the first's."""
    rows = PhoneCall.objects.select_for_update()
    found = rows.filter(external_id=told.external_id).first()
    if found:
        return found, False
    try:
        with transaction.atomic():
            return PhoneCall.objects.create(
                external_id=told.external_id, direction=told.direction, number=told.number,
                line=told.line, at=told.at, duration=told.duration, result=told.result,
                recording_url=told.recording_url,
            ), True  # fmt: skip
    except IntegrityError:
        return rows.get(external_id=told.external_id), False


def _add(call: PhoneCall, told: Told) -> None:
    """A recording comes later than the call; what was known is not forgotten."""
    call.recording_url = told.recording_url or call.recording_url
    call.duration = told.duration or call.duration
    call.result = told.result


def _at_its_item(call: PhoneCall, row: Telephony, actor: Employee) -> None:
    """What CRM refuses does not cost the call: people find it on the page of calls."""
    before = {name: getattr(call, name) for name in ("element_id", "activity_id", "call_back_id")}
    try:
        with transaction.atomic():
            known = find_by_points(None, PointType.PHONE, [call.number], actor=actor)
            if call.element_id is None:
                _write_down(call, known, row, actor)
            else:
                _write_anew(call, actor)
            _look_after(call, known, row, actor)
    except Conflict:
        raise
    except DomainError as error:
        log.warning("call_not_written_down", call=call.pk, why=error.code, exc_info=True)
        for name, value in before.items():
            setattr(call, name, value)


def _write_down(call: PhoneCall, known: Known, row: Telephony, actor: Employee) -> None:
    call.element = place_of(call, known, row, actor)
    if call.element is not None:
        who = who_answers(call, call.element, row, actor)
        call.activity = create_activity(call.element.pk, actor=actor, **_activity(call, who))


def _write_anew(call: PhoneCall, actor: Employee) -> None:
    if call.activity_id:
        change_activity(
            call.activity_id, actor=actor, recording_url=call.recording_url,
            duration=call.duration, result=str(PhoneCall.Result(call.result).label),
        )  # fmt: skip


def _activity(call: PhoneCall, who: Employee) -> dict[str, Any]:
    incoming = call.direction == PhoneCall.INCOMING
    words = _("Incoming call %(number)s") if incoming else _("Outgoing call %(number)s")
    return {
        "kind": Activity.Kind.CALL, "subject": words % {"number": call.number},
        "direction": call.direction, "duration": call.duration,
        "recording_url": call.recording_url, "responsible_id": who.pk,
        "result": str(PhoneCall.Result(call.result).label),
        "done_at": call.at + timedelta(seconds=call.duration),
    }  # fmt: skip


# --- calling back ---------------------------------------------------------------------------


def _look_after(call: PhoneCall, known: Known, row: Telephony, actor: Employee) -> None:
    """A missed caller is called back once, however often they rang; whoever has been talked to
    waits no more."""
    if call.element is None:
        return
    calls = _of_its_number(call, known)
    waiting = calls.filter(call_back__isnull=False, call_back__done_at=None)
    if call.result == PhoneCall.Result.ANSWERED:
        # A call is told again when its recording is there: who rang since is waiting still.
        _finish(
            set(waiting.filter(at__lte=call.at).values_list("call_back", flat=True)), call, actor
        )
    elif call.is_missed and call.call_back_id is None and not _was_answered_since(call, calls):
        there = waiting.select_related("call_back").filter(element=call.element).first()
        call.call_back = there.call_back if there else _plan(call, call.element, row, actor)


def _of_its_number(call: PhoneCall, known: Known) -> QuerySet[PhoneCall]:
    places = {pk for ids in known.values() for pk in ids} | {call.element_id}
    return PhoneCall.objects.filter(element__in=places, number=call.number)


def _was_answered_since(call: PhoneCall, calls: QuerySet[PhoneCall]) -> bool:
    return calls.filter(result=PhoneCall.Result.ANSWERED, at__gt=call.at).exists()


def _finish(planned: set[int | None], call: PhoneCall, actor: Employee) -> None:
    """Those that the owner of the token may change: an earlier one's may be closed to them."""
    result = _("Talked by telephone with %(number)s.") % {"number": call.number}
    for pk in planned:
        with suppress(DomainError), transaction.atomic():
            finish_activity(pk or 0, actor=actor, result=result)


def _plan(call: PhoneCall, element: Element, row: Telephony, actor: Employee) -> Activity:
    return create_activity(
        element.pk, actor=actor, kind=Activity.Kind.CALL,
        subject=_("Call back %(number)s") % {"number": call.number},
        deadline=timezone.now() + timedelta(minutes=row.call_back_minutes),
        direction=Activity.Direction.OUTGOING,
        responsible_id=who_answers(call, element, row, actor).pk,
    )  # fmt: skip
