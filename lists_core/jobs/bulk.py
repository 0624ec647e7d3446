"""Bulk changes as background work: in batches by id, so that a killed worker goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.grid.page import everything_found, open_grid
from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import BulkLine, Job
from lists_core.services.bulk import (
    Batch,
    BulkReport,
    bulk_copy,
    bulk_delete,
    bulk_move,
    bulk_update,
)
from lists_core.services.bulk_undo import Undo, undo_changes, undo_copies, undo_deletion
from svod.base.errors import NotFound

BATCH = 500
Outcome = dict[str, Any]


class BulkKind(JobKind):
    """`params`: `ids`, or `query` (a grid's query string) for all that it finds.

    `result` holds the report's numbers and `last`, the greatest id that is done; the report's
    lines are `BulkLine`s.
    """

    resumable = True
    result_template = "lists/grid/bulk_result.html"
    keeps_lines = True
    #: What the numbers begin with.
    told: str | Promise = gettext_lazy("Changed: %(count)d.")
    #: How many elements one transaction takes.
    batch_size: int | None = None
    #: What takes a batch back; None where nothing can.
    undo: Undo | None = None

    @property
    def undoable(self) -> bool:  # type: ignore[override]
        return self.undo is not None

    def batch(self, job: Job) -> Batch:
        """What is done with the ids of one batch."""
        raise NotImplementedError(f"{type(self).__name__} changes nothing")

    def run(self, job: Job) -> Outcome:
        change = self.batch(job)
        outcome = dict(job.result) or self._begin(job)
        while ids := self._next(job, outcome):
            with transaction.atomic():
                made = change(ids)
                keep_lines(job, made)
                report = report_of(outcome) + made
                outcome = {**outcome, **report.to_json(), "last": ids[-1]}
                record_progress(job, done=job.done + len(ids), result=outcome)
        return outcome

    def summary(self, job: Job) -> str:
        report = report_of(job.result)
        said = [str(self.told) % {"count": report.changed}]
        if report.same:
            said.append(_("Already so: %(count)d.") % {"count": report.same})
        if report.skipped:
            said.append(_("Left out: %(count)d.") % {"count": report.skipped})
        return " ".join(said)

    def _begin(self, job: Job) -> Outcome:
        """Elements that come later than the job are none of its business: `until` ends it."""
        ids = job.params.get("ids")
        if ids is not None:
            total, until = len(set(ids)), max(ids, default=0)
        else:
            rows = self._found(job)
            total, until = rows.count(), rows.aggregate(last=Max("pk"))["last"] or 0
        outcome = {**BulkReport().to_json(), "last": 0, "until": until}
        record_progress(job, done=0, total=total, result=outcome)
        return outcome

    def _next(self, job: Job, outcome: Mapping[str, Any]) -> list[int]:
        """The ids of the next batch, found with the rights of now."""
        stop_if_asked(job)
        last, until = outcome["last"], outcome["until"]
        if (ids := job.params.get("ids")) is not None:
            return sorted({pk for pk in ids if pk > last})[: self._size]
        rows = self._found(job).filter(pk__gt=last, pk__lte=until)
        return list(rows.order_by("pk").values_list("pk", flat=True)[: self._size])

    @property
    def _size(self) -> int:
        return self.batch_size or BATCH

    def _found(self, job: Job) -> Any:
        if job.list_id is None:
            raise NotFound
        params = dict(parse_qsl(job.params["query"].removeprefix("?")))
        return everything_found(open_grid(job.actor, job.list_id, params))


def keep_lines(job: Job, report: BulkReport) -> None:
    """What the batch did, one by one: in its own transaction, as the numbers."""
    BulkLine.objects.bulk_create(
        BulkLine(
            job=job,
            element_id=line.element,
            outcome=line.outcome,
            version=line.version,
            made=line.made,
            text=line.text,
        )
        for line in report.lines
    )


def report_of(result: Mapping[str, Any]) -> BulkReport:
    counted = {name: result.get(name, 0) for name in ("changed", "same", "skipped")}
    return BulkReport(**counted, problems=result.get("problems", {}))


@job_kinds.register
class BulkEdit(BulkKind):
    slug = "bulk_edit"
    label = gettext_lazy("Editing many elements")
    undo = staticmethod(undo_changes)

    def batch(self, job: Job) -> Batch:
        schema = open_grid(job.actor, job.list_id or 0, {}).schema
        values = {
            code: field.from_json(raw)
            for code, raw in job.params["values"].items()
            if (field := schema.get(code))
        }
        list_id, actor = schema.list_id, job.actor
        return lambda ids: bulk_update(list_id, ids, values, actor=actor, strict=False)


@job_kinds.register
class BulkMove(BulkKind):
    slug = "bulk_move"
    told = gettext_lazy("Elements moved: %(count)d.")
    label = gettext_lazy("Moving many elements")
    undo = staticmethod(undo_changes)

    def batch(self, job: Job) -> Batch:
        list_id, section, actor = job.list_id or 0, job.params["section"], job.actor
        return lambda ids: bulk_move(list_id, ids, section_id=section, actor=actor, strict=False)


@job_kinds.register
class BulkDelete(BulkKind):
    slug = "bulk_delete"
    told = gettext_lazy("In the bin: %(count)d.")
    label = gettext_lazy("Deleting many elements")
    undo = staticmethod(undo_deletion)

    def batch(self, job: Job) -> Batch:
        list_id, actor = job.list_id or 0, job.actor
        return lambda ids: bulk_delete(list_id, ids, actor=actor, strict=False)


@job_kinds.register
class BulkCopy(BulkKind):
    slug = "bulk_copy"
    told = gettext_lazy("Copied: %(count)d.")
    label = gettext_lazy("Copying many elements")
    batch_size = 50  # each is written by itself, and others wait for the list meanwhile
    undo = staticmethod(undo_copies)

    def batch(self, job: Job) -> Batch:
        return lambda ids: bulk_copy(job.list_id or 0, ids, actor=job.actor)


@job_kinds.register
class BulkUndo(BulkKind):
    """Takes back the bulk change that `job.undoes` names, whatever its kind."""

    slug = "bulk_undo"
    told = gettext_lazy("Put back: %(count)d.")
    label = gettext_lazy("Undoing a change of many elements")

    def batch(self, job: Job) -> Batch:
        undo = undo_of(job.undoes)
        if undo is None:
            raise NotFound
        rows = _lines(job)
        return lambda ids: undo(
            job.list_id or 0, list(rows.filter(element_id__in=ids)), actor=job.actor
        )

    def _begin(self, job: Job) -> Outcome:
        outcome = {**BulkReport().to_json(), "last": 0}
        record_progress(job, done=0, total=_lines(job).count(), result=outcome)
        return outcome

    def _next(self, job: Job, outcome: Mapping[str, Any]) -> list[int]:
        stop_if_asked(job)
        rest = _lines(job).filter(element_id__gt=outcome["last"]).order_by("element_id")
        return list(rest.values_list("element_id", flat=True)[: self._size])


def undo_of(job: Job | None) -> Undo | None:
    """What takes the job's batches back; None where nothing can."""
    kind = job_kinds.get(job.kind) if job else None
    return kind.undo if isinstance(kind, BulkKind) else None


def _lines(job: Job) -> QuerySet[BulkLine]:
    """What the change that is taken back had done."""
    return BulkLine.objects.filter(job=job.undoes, outcome=BulkLine.Outcome.CHANGED)
