"""Lines for whoever keeps them: administrators all of them, supervisors their own.

Members see that their lines exist; what they may do with one is asked by `access_line`.
"""

from __future__ import annotations

from enum import IntEnum

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from openlines.models import Channel, Conversation, Line, LineMember, Participant
from openlines.models.lines import ONLINE
from openlines.selectors.desk import is_member, may_manage_lines, visible_lines
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound

Role = LineMember.Role
Rows = QuerySet[Line]


class Need(IntEnum):
    """What is wanted of a line, the greater bringing along the smaller."""

    SUPERVISE = 1
    MANAGE = 2


def require_to_manage(actor: Employee) -> None:
    if not may_manage_lines(actor):
        raise Forbidden


def require_to_supervise(actor: Employee, line: Line) -> None:
    if not (may_manage_lines(actor) or is_member(actor, line, Role.SUPERVISOR)):
        raise Forbidden


def access_line(actor: Employee, line_id: int, need: Need, *, deleted: bool = False) -> Line:
    """Raises NotFound for a line that the actor may not see, Forbidden for too much asked.

    `deleted` asks for one in the bin, which only its managers see.
    """
    rows = Line.objects.exclude(deleted_at=None) if deleted else visible_lines(actor)
    found = rows.select_related("calendar", "service_employee").filter(pk=line_id).first()
    if found is None or (deleted and not may_manage_lines(actor)):
        raise NotFound
    if need == Need.MANAGE:
        require_to_manage(actor)
    else:
        require_to_supervise(actor, found)
    return found


def access_channel(actor: Employee, line_id: int, channel_id: int) -> Channel:
    """A channel of a line that the actor manages. Raises NotFound, Forbidden."""
    line = access_line(actor, line_id, Need.MANAGE)
    found = Channel.objects.filter(pk=channel_id, line=line, deleted_at=None).first()
    if found is None:
        raise NotFound
    found.line = line
    return found


def is_of_lines(actor: Employee) -> bool:
    """Whether they are of a line, or an invitation brings them into one. One query, none for
    managers."""
    own = LineMember.objects.filter(line=OuterRef("pk"), employee=actor)
    inside = Participant.objects.filter(
        conversation__line=OuterRef("pk"), employee=actor, left_at=None
    ).exclude(conversation__state=Conversation.State.CLOSED)
    rows = Line.objects.filter(Exists(own) | Exists(inside), deleted_at=None)
    return may_manage_lines(actor) or (actor.is_active and rows.exists())


def lines_kept_by(actor: Employee) -> list[Line]:
    """The lines that the actor manages or supervises, each with its numbers and channels."""
    rows = visible_lines(actor)
    if not may_manage_lines(actor):
        own = LineMember.objects.filter(employee=actor, role=Role.SUPERVISOR)
        rows = rows.filter(pk__in=own.values("line"))
    found = list(_counted(rows))
    for line in found:
        line.shown_channels = []  # type: ignore[attr-defined]
    known = {line.pk: line for line in found}
    for channel in channels_of(list(known)):
        known[channel.line_id].shown_channels.append(channel)  # type: ignore[attr-defined]
    return found


def deleted_lines(actor: Employee) -> Rows:
    """The bin of lines, for whoever manages them."""
    rows = Line.objects.exclude(deleted_at=None).order_by("-deleted_at")
    return rows if may_manage_lines(actor) else rows.none()


def channels_of(line_ids: list[int]) -> QuerySet[Channel]:
    return Channel.objects.filter(line__in=line_ids, deleted_at=None)


def members_of(line: Line) -> list[LineMember]:
    """Supervisors, then operators in the order of the queue, each with `open_talks`."""
    talks = Conversation.objects.filter(line=line, operator=OuterRef("employee"))
    rows = LineMember.objects.filter(line=line).select_related("employee")
    return list(
        rows.annotate(open_talks=_number(talks.exclude(state=Conversation.State.CLOSED))).order_by(
            "-role", "sort", "pk"
        )
    )


def _counted(rows: Rows) -> Rows:
    open_ = Conversation.objects.filter(line=OuterRef("pk")).exclude(
        state=Conversation.State.CLOSED
    )
    people = LineMember.objects.filter(line=OuterRef("pk"), employee__is_active=True)
    operators = people.filter(role=Role.OPERATOR)
    fresh = Q(seen_at__gte=timezone.now() - ONLINE)
    waiting = open_.filter(waiting_since__isnull=False).values("line")
    return rows.annotate(
        open_talks=_number(open_),
        queued=_number(open_.filter(state=Conversation.State.QUEUED)),
        waiting_from=Subquery(waiting.annotate(oldest=Min("waiting_since")).values("oldest")),
        operators=_number(operators),
        online=_number(operators.filter(fresh, is_paused=False)),
        supervisors=_number(people.filter(role=Role.SUPERVISOR)),
    )


def _number(rows: QuerySet[Conversation] | QuerySet[LineMember]) -> Coalesce:
    """How many of these rows of a subquery, 0 for none."""
    counted = rows.order_by().values("line").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)
