"""Reading what changes of many elements did: one's own, and others' in lists that one manages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from lists_core.access import Right, list_rights, visible_lists
from lists_core.jobs.base import job_kinds
from lists_core.models import BulkLine, Job
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors.bin import binned
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import NotFound

READ_AT_ONCE = 1000
Outcome = BulkLine.Outcome


@dataclass(frozen=True)
class Told:
    """A line of a report as a person may know it: `row` is None for an element that they do not
    see, and then nothing is told of it but that it was not found."""

    line: BulkLine
    row: Any

    @property
    def outcome(self) -> str:
        return str(self.line.get_outcome_display() if self.row else Outcome.NOT_FOUND.label)

    @property
    def text(self) -> str:
        return self.line.text if self.row else ""


def bulk_changes(actor: Employee, list_id: int | None = None) -> QuerySet[Job]:
    """The actor's bulk changes in lists that they see, the newest first; of one list everybody's
    for who has full access to it. Raises NotFound for a list that they do not see."""
    kinds = [kind.slug for kind in job_kinds if kind.keeps_lines]
    jobs = Job.objects.filter(kind__in=kinds, list__in=visible_lists(actor))
    jobs = jobs.select_related("actor", "list", "undone_by").order_by("-created_at")
    if list_id is None:
        return jobs.filter(actor=actor)
    if not visible_lists(actor).filter(pk=list_id).exists():
        raise NotFound
    jobs = jobs.filter(list=list_id)
    return jobs if manages(actor, list_id) else jobs.filter(actor=actor)


def bulk_change(actor: Employee, job_id: UUID) -> Job:
    """One bulk change: one's own, or another's in a list that one manages; NotFound otherwise."""
    place = Job.objects.filter(pk=job_id).values_list("list", flat=True).first()
    job = bulk_changes(actor, place).filter(pk=job_id).first() if place else None
    if job is None:
        raise NotFound
    return job


def may_see(actor: Employee, job: Job | None) -> bool:
    """Whether `bulk_change` gives this one to the actor, of a list that they see."""
    if job is None or job.actor_id == actor.pk:
        return job is not None
    return job.list_id is not None and manages(actor, job.list_id)


def manages(actor: Employee, list_id: int) -> bool:
    return Right.FULL in list_rights(actor, list_id).place(None).on_some


def counted(job: Job) -> Mapping[Outcome, int]:
    """How many elements came to each outcome, as the job's starter was told."""
    rows = job.lines.order_by().values_list("outcome").annotate(number=Count("pk"))
    return {Outcome(outcome): number for outcome, number in sorted(rows)}


def lines_of(job: Job, outcome: str = "") -> QuerySet[BulkLine]:
    """The report's lines by id; of one outcome, when it is one."""
    lines = job.lines.order_by("element_id")
    return lines.filter(outcome=outcome) if outcome in Outcome.values else lines


def told(job: Job, lines: Iterable[BulkLine], *, actor: Employee) -> list[Told]:
    """The lines with the elements that the actor sees, those of the bin among them. Two
    queries."""
    asked = list(lines)
    if job.list is None:
        return []
    seen = _seen(schema_of(job.list), [line.element_id for line in asked], actor)
    return [Told(line, seen.get(line.element_id)) for line in asked]


def all_told(job: Job, *, actor: Employee) -> Iterator[Told]:
    """Every line, a part at a time, so that memory does not grow with the report."""
    last = 0
    while part := list(lines_of(job).filter(element_id__gt=last)[:READ_AT_ONCE]):
        yield from told(job, part, actor=actor)
        last = part[-1].element_id


def _seen(schema: Schema, ids: Sequence[int], actor: Employee) -> dict[int, Any]:
    rows = [*elements(schema, actor).filter(pk__in=ids), *binned(schema, actor).filter(pk__in=ids)]
    return {row.pk: row for row in rows}


def may_undo(job: Job) -> bool:
    """Whether this change can still be taken back, or its interrupted undo taken up again."""
    if not (job_kinds.get(job.kind).undoable and job.is_over and is_fresh(job)):
        return False
    undo = getattr(job, "undone_by", None)
    return undo is None or undo.state in {Job.State.FAILED, Job.State.CANCELLED}


def is_fresh(job: Job) -> bool:
    ended = job.finished_at or job.created_at
    return ended > timezone.now() - timedelta(hours=settings.BULK_UNDO_HOURS)
