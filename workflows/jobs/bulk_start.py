"""Starting a process on many elements, in batches: a worker that dies starts none twice."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.jobs.base import job_kinds
from lists_core.jobs.bulk import BulkKind, report_of
from lists_core.models import Job
from lists_core.services.bulk import Batch
from workflows.services.bulk_start import bulk_start
from workflows.values import load


@job_kinds.register
class BulkStart(BulkKind):
    """`params`: as those of BulkKind, `template`, and `parameters` as the engine keeps them."""

    slug = "bulk_start"
    label = gettext_lazy("Starting a process on many elements")

    def batch(self, job: Job) -> Batch:
        template, values = job.params["template"], load(job.params["parameters"])
        return lambda ids: bulk_start(
            job.list_id or 0, template, ids, actor=job.actor, parameters=values
        )

    def summary(self, job: Job) -> str:
        report = report_of(job.result)
        counted = {"started": report.changed, "skipped": report.skipped}
        return _("Started: %(started)d. Left out: %(skipped)d.") % counted
