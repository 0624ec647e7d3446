"""Bulk changes as background work: in batches by id, so that a killed worker goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.grid.page import everything_found, open_grid
from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import Job
from lists_core.services.bulk import (
    Batch,
    BulkReport,
    bulk_delete,
    bulk_move,
    bulk_update,
)
from svod.base.errors import NotFound

BATCH = 500
Outcome = dict[str, Any]


class BulkKind(JobKind):
    """`params`: `ids`, or `query` (a grid's query string) for all that it finds.

    `result` holds the report and `last`, the greatest id that is done.
    """

    resumable = True
    result_template = "lists/grid/bulk_result.html"

    def batch(self, job: Job) -> Batch:
        """What is done with the ids of one batch."""
        raise NotImplementedError(f"{type(self).__name__} changes nothing")

    def run(self, job: Job) -> Outcome:
        change = self.batch(job)
        outcome = dict(job.result) or self._begin(job)
        while ids := self._next(job, outcome):
            with transaction.atomic():
                report = report_of(outcome) + change(ids)
                outcome = {**outcome, **report.to_json(), "last": ids[-1]}
                record_progress(job, done=job.done + len(ids), result=outcome)
        return outcome

    def summary(self, job: Job) -> str:
        report = report_of(job.result)
        return _("Done: %(changed)d. Already so: %(same)d. Left out: %(skipped)d.") % {
            "changed": report.changed,
            "same": report.same,
            "skipped": report.skipped,
        }

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
            return sorted({pk for pk in ids if pk > last})[:BATCH]
        rows = self._found(job).filter(pk__gt=last, pk__lte=until)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])

    def _found(self, job: Job) -> Any:
        if job.list_id is None:
            raise NotFound
        params = dict(parse_qsl(job.params["query"].removeprefix("?")))
        return everything_found(open_grid(job.actor, job.list_id, params))


def report_of(result: Mapping[str, Any]) -> BulkReport:
    counted = {name: result.get(name, 0) for name in ("changed", "same", "skipped")}
    return BulkReport(**counted, problems=result.get("problems", {}))


@job_kinds.register
class BulkEdit(BulkKind):
    slug = "bulk_edit"
    label = gettext_lazy("Editing many elements")

    def batch(self, job: Job) -> Batch:
        schema = open_grid(job.actor, job.list_id or 0, {}).schema
        values = {
            code: field.from_json(raw)
            for code, raw in job.params["values"].items()
            if (field := schema.get(code))
        }
        return lambda ids: bulk_update(schema.list_id, ids, values, actor=job.actor)


@job_kinds.register
class BulkMove(BulkKind):
    slug = "bulk_move"
    label = gettext_lazy("Moving many elements")

    def batch(self, job: Job) -> Batch:
        section = job.params["section"]
        return lambda ids: bulk_move(job.list_id or 0, ids, section_id=section, actor=job.actor)


@job_kinds.register
class BulkDelete(BulkKind):
    slug = "bulk_delete"
    label = gettext_lazy("Deleting many elements")

    def batch(self, job: Job) -> Batch:
        return lambda ids: bulk_delete(job.list_id or 0, ids, actor=job.actor)
