"""Reading tasks: one's own, those of people one stands for, and of those one is above."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from staff.models import Employee
from staff.selectors_absences import absent_for, represented
from staff.selectors_managers import subordinate_ids
from svod.base.errors import NotFound
from workflows.models import Instance, StepLog, Task, TaskPerson
from workflows.subjects.base import subjects

Box = Literal["todo", "late", "done", "team", "observed"]
BOXES: tuple[Box, ...] = get_args(Box)
Term = Literal["", "late", "today", "week", "later", "none"]
TERMS: tuple[Term, ...] = get_args(Term)
Role = TaskPerson.Role
DOERS = (Role.RESPONSIBLE, Role.CO_EXECUTOR)
COUNTED = 1000
MENU_COUNTED = 100


@dataclass(frozen=True)
class Asked:
    """The filters of the inbox; empty ones ask for nothing."""

    text: str = ""
    process: int | None = None
    kind: str = ""
    term: Term = ""


def stands_for(actor: Employee, employee_id: int) -> bool:
    """Whether the actor is that person, or the deputy of theirs today."""
    return actor.is_active and (employee_id == actor.pk or employee_id in represented(actor))


def access_task(actor: Employee, task_id: int) -> Task:
    """A task in which the actor, somebody they stand for or somebody below them takes part, or
    of a process that the actor started. Administrators see all. Raises NotFound.
    """
    rows = _full(Task.objects.filter(pk=task_id))
    task = rows.first() if actor.is_active else None
    if task is None or not (actor.is_superuser or _concerned(actor, task)):
        raise NotFound
    return task


def _concerned(actor: Employee, task: Task) -> bool:
    people = {part.employee_id for part in task.people.all()}
    if actor.pk in people or task.instance.started_by_id == actor.pk:
        return True
    if not people.isdisjoint(represented(actor)):
        return True
    return not people.isdisjoint(subordinate_ids(actor))


def visible_tasks(actor: Employee) -> Q:
    """Over Task: those that `access_task` opens to the actor."""
    if actor.is_superuser and actor.is_active:
        return Q()
    if not actor.is_active:
        return Q(pk__in=[])
    parts = _parts(TaskPerson.objects.all(), {*_selves(actor), *subordinate_ids(actor)})
    return Q(pk__in=parts.values("task")) | Q(instance__started_by=actor.pk)


def tasks_in(box: Box, actor: Employee, asked: Asked, now: datetime) -> QuerySet[Task]:
    """Tasks of a box, ordered: what is due first; of finished ones the last first."""
    rows = _full(Task.objects.filter(_boxed(box, actor, now)).filter(_fits(asked, now)))
    if box == "done":
        return rows.order_by("-finished_at", "-pk")
    return rows.order_by(F("deadline").asc(nulls_last=True), "pk")


def counts(actor: Employee, now: datetime) -> dict[Box, int]:
    """How many are in each box, up to COUNTED; finished ones are not counted."""
    asked: tuple[Box, ...] = ("todo", "late", "team", "observed")
    return {box: Task.objects.filter(_boxed(box, actor, now))[:COUNTED].count() for box in asked}


def open_count(actor: Employee) -> int:
    """The number beside the menu's entry, up to MENU_COUNTED. One query."""
    if not actor.is_active:
        return 0
    whose = Q(employee=actor.pk) | Q(employee__in=absent_for(actor))
    mine = TaskPerson.objects.filter(whose, is_open=True, role__in=DOERS)
    return mine.values("task").distinct()[:MENU_COUNTED].count()


def processes_of(actor: Employee, now: datetime) -> list[tuple[int, str]]:
    """(template id, name) of the processes whose tasks the actor has had, by name."""
    names = ("instance__version__template", "instance__version__template__name")
    mine = Task.objects.filter(_my(Q(), actor)).order_by(names[1])
    return list(mine.values_list(*names).distinct()[:200])


def history_of(task: Task) -> QuerySet[StepLog]:
    """What the journal says of the task itself."""
    step, _colon, visit = task.key.partition(":")
    rows = StepLog.objects.filter(instance=task.instance_id, step=step, visit=int(visit or 0))
    return rows.filter(data__task=task.pk).select_related("actor").order_by("at", "pk")


def subject_titles(actor: Employee, instances: Iterable[Instance]) -> dict[int, tuple[str, str]]:
    """Instance id → (name, address) of its subject, where the actor may see it."""
    found: dict[int, tuple[str, str]] = {}
    by_kind: dict[str, dict[int, Instance]] = {}
    for one in instances:
        by_kind.setdefault(one.subject, {})[one.pk] = one
    for slug, some in by_kind.items():
        kind = subjects.get(slug) if slug in subjects else None
        titles = kind.titles(actor, list(some.values())) if kind else {}
        found |= {pk: (title, kind.url(some[pk])) for pk, title in titles.items() if kind}
    return found


def deadlines(actor: Employee, start: datetime, end: datetime) -> QuerySet[Task]:
    """The actor's tasks with a deadline in [start, end), open ones and those they did."""
    mine = _my(Q(role__in=DOERS), actor) & ~Q(state=Task.State.CANCELLED)
    rows = Task.objects.filter(mine, deadline__gte=start, deadline__lt=end)
    return _full(rows).order_by("deadline", "pk")


# --- parts of the queries -----------------------------------------------------------------


def _full(rows: QuerySet[Task]) -> QuerySet[Task]:
    """With the people and the process, without the trees and values of the instances."""
    people = TaskPerson.objects.select_related("employee", "answered_by", "delegated_by")
    return (
        rows.select_related("instance__version__template", "instance__list")
        .defer("instance__state", "instance__version__tree", "instance__version__template__draft")
        .prefetch_related(Prefetch("people", people.order_by("pk")))
    )


def _selves(actor: Employee) -> list[int]:
    return [actor.pk, *represented(actor)] if actor.is_active else []


def _parts(parts: QuerySet[TaskPerson], ids: Collection[int]) -> QuerySet[TaskPerson]:
    return parts.filter(employee__in=ids)


def _my(condition: Q, actor: Employee) -> Q:
    """Tasks in which the actor or somebody they stand for has such a part."""
    parts = _parts(TaskPerson.objects.filter(condition), _selves(actor))
    return Q(pk__in=parts.values("task"))


def _boxed(box: Box, actor: Employee, now: datetime) -> Q:
    if box == "done":
        return _done(actor)
    is_open = Q(state=Task.State.OPEN)
    if box == "observed":
        return _my(Q(role=Role.OBSERVER), actor) & is_open
    to_do = Q(role__in=DOERS, is_open=True)
    if box == "team":
        parts = _parts(TaskPerson.objects.filter(to_do), subordinate_ids(actor))
        return Q(pk__in=parts.values("task")) & is_open
    late = Q(deadline__lt=now) if box == "late" else Q()
    return _my(to_do, actor) & is_open & late


def _done(actor: Employee) -> Q:
    """Answered by the actor, handed on, or ended without their doing."""
    parts = TaskPerson.objects.filter(role__in=DOERS, is_open=False)
    own = parts.filter(employee=actor.pk)
    answered = TaskPerson.objects.filter(answered_by=actor.pk)
    return Q(pk__in=own.values("task")) | Q(pk__in=answered.values("task"))


def _fits(asked: Asked, now: datetime) -> Q:
    fits = _term(asked.term, now)
    if asked.text:
        fits &= Q(title__icontains=asked.text) | Q(body__icontains=asked.text)
    if asked.process:
        fits &= Q(instance__version__template=asked.process)
    return fits & Q(kind=asked.kind) if asked.kind else fits


def _term(term: Term, now: datetime) -> Q:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, week = midnight + timedelta(days=1), midnight + timedelta(days=7)
    terms: Mapping[Term, Any] = {
        "": Q(),
        "late": Q(deadline__lt=now),
        "today": Q(deadline__gte=midnight, deadline__lt=tomorrow),
        "week": Q(deadline__gte=midnight, deadline__lt=week),
        "later": Q(deadline__gte=week),
        "none": Q(deadline=None),
    }
    found: Q = terms[term]
    return found
