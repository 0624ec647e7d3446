"""How a questionnaire goes, by people and by its weak points, as one person may see it.

Only items and incidents that the reader sees are counted, and only fields that they know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import mean
from typing import Any

from django.db.models import Avg, Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from crm_link.incidents import INCIDENTS
from crm_link.models import Asking, Questionnaire
from crm_link.selectors.questionnaires import PERCENT, Asked, groups_of
from lists_core.access import schema_for, visible_lists
from lists_core.filters.operators import EMPTY
from lists_core.filters.operators import Asked as Condition
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import elements
from staff.models import Employee
from staff.selectors import employees_by_ids

#: More askings than this are not read one by one; the last ones are.
MOST = 20_000
Outcome = Asking.Outcome
MINUTES = 60


@dataclass(frozen=True)
class Period:
    """`since` and `until` are moments, the second one not included; `people` none means all."""

    since: datetime
    until: datetime
    people: Sequence[int] = ()


@dataclass
class PersonRow:
    """One responsible. Shares in percent, times in working hours; None where there is nothing."""

    employee: Employee | None
    asked: int = 0
    full: int = 0
    late: int = 0
    incidents: int = 0
    overdue: float | None = None
    minutes: list[int] = field(default_factory=list)
    shares: list[int] = field(default_factory=list)

    @property
    def share(self) -> int | None:
        return round(mean(self.shares)) if self.shares else None

    @property
    def hours(self) -> float | None:
        return round(mean(self.minutes) / MINUTES, 1) if self.minutes else None


@dataclass(frozen=True)
class WeakPoint:
    """A question, and how many of the items leave it empty."""

    name: str
    group: str
    required: bool
    empty: int
    of: int

    @property
    def share(self) -> int:
        return PERCENT * self.empty // self.of if self.of else 0


@dataclass(frozen=True)
class QualificationReport:
    people: Sequence[PersonRow]
    weak: Sequence[WeakPoint]
    total: PersonRow


def qualification_report(
    actor: Employee, questionnaire: Questionnaire, period: Period, now: datetime
) -> QualificationReport:
    """A bounded number of queries. The questionnaire's list must be one that the actor sees."""
    schema = schema_for(actor, questionnaire.list)
    rows = askings_in(actor, questionnaire, schema, period)
    over = rows.annotate(over_at=Coalesce("ended_at", "instance__finished_at"))
    shown = list(over.order_by("-came_at", "-pk")[:MOST])
    questions = [(group.name, one) for group, some in groups_of(questionnaire, schema)
                 for one in some]  # fmt: skip
    shares = _shares(schema, {one.element_id for one in shown}, [one for _g, one in questions],
                     actor)  # fmt: skip
    people = _by_people(shown, shares, now)
    _add_incidents(actor, people, period)
    known = employees_by_ids([pk for pk in people if pk])
    for pk, row in people.items():
        row.employee = known.get(pk or 0)
    ordered = sorted(people.values(), key=lambda one: (-one.asked, str(one.employee or "я")))
    weak = _weak(schema, {one.element_id for one in shown}, questions, actor)
    return QualificationReport(ordered, weak, _total(ordered))


def askings_in(
    actor: Employee, questionnaire: Questionnaire, schema: Schema, period: Period
) -> QuerySet[Asking]:
    """Those of items that the actor sees."""
    seen = elements(schema, actor).values("pk")
    rows = Asking.objects.filter(
        questionnaire=questionnaire, element__in=seen,
        came_at__gte=period.since, came_at__lt=period.until,
    )  # fmt: skip
    return rows.filter(employee__in=period.people) if period.people else rows


def askers(actor: Employee, questionnaire: Questionnaire) -> list[Employee]:
    """Whoever was asked about an item that the actor sees, for the filter."""
    schema = schema_for(actor, questionnaire.list)
    rows = Asking.objects.filter(
        questionnaire=questionnaire, element__in=elements(schema, actor).values("pk")
    )
    ids = rows.order_by().values_list("employee", flat=True).distinct()[:500]
    return sorted(employees_by_ids([pk for pk in ids if pk]).values(), key=str)


def _by_people(
    rows: Sequence[Any], shares: Mapping[int, int], now: datetime
) -> dict[int | None, PersonRow]:
    """`rows` are askings with `over_at`: those of a cancelled process are over with it."""
    people: dict[int | None, PersonRow] = defaultdict(lambda: PersonRow(None))
    for one in rows:
        row = people[one.employee_id]
        row.asked += 1
        row.full += one.outcome == Outcome.FULL
        row.late += (one.over_at or now) > one.due_at
        if one.outcome == Outcome.FULL and one.minutes is not None:
            row.minutes.append(one.minutes)
        if one.element_id in shares:
            row.shares.append(shares[one.element_id])
    return people


def _empty(schema: Schema, question: Asked, actor: Employee) -> Q:
    return EMPTY.build(Condition(question.field, (), actor, None))  # type: ignore[arg-type]


def _shares(
    schema: Schema, ids: set[int], questions: Sequence[Asked], actor: Employee
) -> dict[int, int]:
    """Element id → the share answered now, in percent."""
    if not questions or not ids:
        return {}
    answered: Combinable | Any = Value(0)
    for one in questions:
        case = Case(When(_empty(schema, one, actor), then=0), default=1,
                    output_field=IntegerField())  # fmt: skip
        answered = answered + case
    rows = schema.model.objects.filter(pk__in=ids).annotate(answered_questions=answered)
    found = rows.values_list("pk", "answered_questions")
    return {pk: PERCENT * number // len(questions) for pk, number in found}


def _weak(
    schema: Schema, ids: set[int], questions: Sequence[tuple[str, Asked]], actor: Employee
) -> list[WeakPoint]:
    """The questions, the emptiest first. One query."""
    counts = {
        f"q{place}": Count("pk", filter=_empty(schema, one, actor))
        for place, (_group, one) in enumerate(questions)
    }
    found = schema.model.objects.filter(pk__in=ids).aggregate(of=Count("pk"), **counts)
    points = [
        WeakPoint(one.field.name, group, one.required, found[f"q{place}"], found["of"])
        for place, (group, one) in enumerate(questions)
    ]
    return sorted(points, key=lambda one: -one.share) if found["of"] else []


def _add_incidents(actor: Employee, people: dict[int | None, PersonRow], period: Period) -> None:
    """Those that the reader sees, by who answered for the item."""
    list_ = visible_lists(actor).filter(code=INCIDENTS).first()
    schema = schema_for(actor, list_) if list_ else None
    if schema is None or not all(schema.get(code) for code in ("WHO", "NOTICED_AT", "OVERDUE")):
        return
    who, noticed = schema["WHO"].main_column, schema["NOTICED_AT"].main_column
    within = {f"{noticed}__gte": period.since, f"{noticed}__lt": period.until}
    rows = elements(schema, actor).filter(**within)
    rows = rows.filter(**{f"{who}__in": period.people}) if period.people else rows
    overdue = Avg(schema["OVERDUE"].main_column)
    for row in rows.order_by().values(who).annotate(number=Count("pk"), overdue=overdue):
        person = people[row[who]]
        person.incidents = row["number"]
        person.overdue = round(float(row["overdue"]), 1) if row["overdue"] is not None else None


def _total(rows: Sequence[PersonRow]) -> PersonRow:
    total = PersonRow(None)
    for row in rows:
        total.asked += row.asked
        total.full += row.full
        total.late += row.late
        total.incidents += row.incidents
        total.minutes += row.minutes
        total.shares += row.shares
    return total


def questionnaires_for(actor: Employee) -> QuerySet[Questionnaire]:
    """Those over lists that the actor sees."""
    lists: QuerySet[List] = visible_lists(actor)
    return Questionnaire.objects.filter(list__in=lists).select_related("list", "stage__option")
