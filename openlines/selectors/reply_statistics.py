"""How quick replies are used: by supervisors of a line, of replies that they may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from openlines.models import Line, LineMember, Message, ReplyUse
from openlines.selectors.desk import is_member, visible_lines
from openlines.selectors.replies import Replies, read_replies, replies_for
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound

SHOWN = 200


@dataclass(frozen=True)
class Used:
    id: int
    name: str
    category: str
    uses: int
    people: int
    last: datetime | None


@dataclass(frozen=True)
class Statistics:
    """Of a period: the replies by use, the operators by (name, uses), the share of answers made
    of replies, and the replies that were used by nobody in it."""

    used: Sequence[Used]
    people: Sequence[tuple[str, int]]
    uses: int
    answers: int
    answers_by_reply: int
    never: Sequence[Used]
    never_number: int

    @property
    def share(self) -> int:
        return round(100 * self.answers_by_reply / self.answers) if self.answers else 0


def lines_with_statistics(actor: Employee) -> list[Line]:
    """The lines that the person supervises and that have replies."""
    rows = visible_lines(actor).exclude(replies=None)
    if not actor.is_superuser:
        own = LineMember.objects.filter(employee=actor, role=LineMember.Role.SUPERVISOR)
        rows = rows.filter(pk__in=own.values("line"))
    return list(rows)


def access_statistics(actor: Employee, line_id: int) -> Line:
    """Raises NotFound for a line that is not the person's, Forbidden for its operators."""
    line = visible_lines(actor).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    if not (actor.is_superuser or is_member(actor, line, LineMember.Role.SUPERVISOR)):
        raise Forbidden
    return line


def statistics_of(
    line: Line, actor: Employee, *, since: date, until: date, employee: int | None = None
) -> Statistics:
    """Both days count. A fixed number of queries."""
    replies = replies_for(line, actor)
    if replies is None:
        return Statistics([], [], 0, 0, 0, [], 0)
    uses = _uses(replies, since, until, employee)
    told = _told(uses)
    readable = replies.rows().exclude(pk__in=uses.values("element")).order_by("name", "pk")
    unused = list(readable.values_list("pk", flat=True)[:SHOWN])
    answers = _answers(line, since, until, employee)
    return Statistics(
        used=_named(replies, told),
        people=_people(uses),
        uses=uses.count(),
        answers=answers.count(),
        answers_by_reply=uses.values("message").distinct().count(),
        never=_named(replies, dict.fromkeys(unused, (0, 0, None))),
        never_number=readable.count() if len(unused) == SHOWN else len(unused),
    )


def moments(since: date, until: date) -> tuple[datetime, datetime]:
    start = timezone.make_aware(datetime.combine(since, time.min))
    return start, timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))


def _uses(replies: Replies, since: date, until: date, employee: int | None) -> QuerySet[ReplyUse]:
    start, end = moments(since, until)
    rows = ReplyUse.objects.filter(line=replies.line, at__gte=start, at__lt=end)
    rows = rows.filter(element__in=replies.rows().values("pk"))
    return rows.filter(employee=employee) if employee else rows


def _answers(line: Line, since: date, until: date, employee: int | None) -> QuerySet[Message]:
    start, end = moments(since, until)
    rows = Message.objects.filter(
        conversation__line=line, kind=Message.Kind.OPERATOR, at__gte=start, at__lt=end
    )
    return rows.filter(author=employee) if employee else rows


def _told(uses: QuerySet[ReplyUse]) -> dict[int, tuple[int, int, datetime | None]]:
    rows = uses.values("element").annotate(
        number=Count("pk"), people=Count("employee", distinct=True), last=Max("at")
    )
    best = rows.order_by("-number", "-last")[:SHOWN]
    return {row["element"]: (row["number"], row["people"], row["last"]) for row in best}


def _people(uses: QuerySet[ReplyUse]) -> list[tuple[str, int]]:
    rows = uses.exclude(employee=None).values("employee").annotate(number=Count("pk"))
    numbers = dict(rows.order_by("-number").values_list("employee", "number")[:50])
    names = Employee.objects.in_bulk(numbers)
    return [(str(names[pk]), number) for pk, number in numbers.items() if pk in names]


def _named(replies: Replies, told: dict[int, tuple[int, int, datetime | None]]) -> list[Used]:
    known = read_replies(replies, list(told))
    return [Used(one.id, one.name, one.category, *told[one.id]) for one in known]
