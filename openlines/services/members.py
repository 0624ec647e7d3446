"""The people of a line: who answers, in which order, who supervises, who rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from openlines.models import Conversation, Line, LineMember, Participant
from openlines.selectors.lines import require_to_manage, require_to_supervise
from openlines.services.messages import locked
from openlines.services.queue import put_back
from openlines.services.reply_rights import follow_members
from staff.models import Employee
from staff.services.audit import record
from svod.base.errors import Conflict, Invalid, NotFound

Role = LineMember.Role
State = Conversation.State
MOST = 200


@transaction.atomic
def add_members(line: Line, people: Sequence[Employee], role: str, *, actor: Employee) -> int:
    """Bring people in, at the end of the queue; who is of the line already stays what they
    are. Returns how many came. Raises Forbidden, Invalid."""
    require_to_manage(actor)
    members = LineMember.objects.filter(line=line)
    known = set(members.values_list("employee", flat=True))
    new = [one for one in people if one.pk not in known and one.is_active]
    if len(known) + len(new) > MOST:
        raise Invalid({"people": [_("A line has %(most)s people at most.") % {"most": MOST}]})
    last = members.aggregate(last=Max("sort"))["last"] or 0
    LineMember.objects.bulk_create(
        LineMember(line=line, employee=one, role=role, sort=last + place)
        for place, one in enumerate(new, start=1)
    )
    if new:
        follow_members(line, (), actor=actor)
        _tell(line, actor, {"added": [str(one) for one in new], "role": role})
    return len(new)


@transaction.atomic
def set_role(line: Line, member_id: int, role: str, *, actor: Employee) -> None:
    """Make an operator a supervisor or the other way round. Raises NotFound, Conflict."""
    require_to_manage(actor)
    member = _member(line, member_id)
    if role not in Role.values:
        raise Invalid({"role": [_("Choose an operator or a supervisor.")]})
    if member.role != role:
        member.role = role
        member.save(update_fields=["role"])
        follow_members(line, (), actor=actor)
        _tell(line, actor, {"person": str(member), "role": role})


@transaction.atomic
def order_members(line: Line, ids: Sequence[int], *, actor: Employee) -> None:
    """The order of the queue; those who are not named follow in the order they had."""
    require_to_manage(actor)
    rows = list(LineMember.objects.select_for_update().filter(line=line).order_by("sort", "pk"))
    places = {pk: place for place, pk in enumerate(ids)}
    rows.sort(key=lambda row: places.get(row.pk, len(places)))
    for place, row in enumerate(rows):
        row.sort = place
    LineMember.objects.bulk_update(rows, ["sort"])
    people = [str(one) for one in _named(line) if one.role == Role.OPERATOR]
    _tell(line, actor, {"operators": people})


@transaction.atomic
def pause_member(line: Line, member_id: int, *, actor: Employee, paused: bool) -> None:
    """Let somebody rest, or call them back; for supervisors of the line as well."""
    require_to_supervise(actor, line)
    member = _member(line, member_id)
    if member.is_paused != paused:
        member.is_paused = paused
        member.save(update_fields=["is_paused"])
        _tell(line, actor, {"person": str(member), "paused": paused})


@transaction.atomic
def remove_member(line: Line, member_id: int, *, actor: Employee) -> None:
    """They are of the line no more; their open conversations go back into the queue.

    Raises NotFound, Conflict for the last one.
    """
    require_to_manage(actor)
    member = _member(line, member_id)
    if not LineMember.objects.filter(line=line).exclude(pk=member.pk).exists():
        raise Conflict(_("Somebody has to answer."))
    member.delete()
    follow_members(line, [member.employee_id], actor=actor)
    _tell(line, actor, {"removed": [str(member)]})
    hand_back(line, member.employee, actor=actor)


def hand_back(line: Line, employee: Employee, *, actor: Employee) -> None:
    """Somebody left the line: what they answered waits for another, and they look on no more."""
    talks = Conversation.objects.filter(line=line, operator=employee).exclude(state=State.CLOSED)
    inside = Participant.objects.filter(conversation__line=line, employee=employee, left_at=None)
    inside.update(left_at=timezone.now())
    for pk in list(talks.order_by("pk").values_list("pk", flat=True)):
        talk = locked(pk)
        if talk.operator_id == employee.pk and talk.state != State.CLOSED:
            put_back(talk, by=actor.pk, without=employee.pk)


def _member(line: Line, member_id: int) -> LineMember:
    rows = LineMember.objects.select_for_update(of=("self",)).select_related("employee")
    found = rows.filter(pk=member_id, line=line).first()
    if found is None:
        raise NotFound
    return found


def _named(line: Line) -> list[LineMember]:
    return list(LineMember.objects.filter(line=line).select_related("employee"))


def _tell(line: Line, actor: Employee, about: Mapping[str, Any]) -> None:
    record(
        "chat.line_members",
        actor=actor,
        subject=f"chat_line:{line.pk}",
        subject_name=line.name,
        about=about,
    )
