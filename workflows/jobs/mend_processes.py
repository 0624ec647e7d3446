"""A deed done to all instances that the filters of the page of running processes find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import Job
from lists_core.services.bulk import BulkReport
from svod.base.errors import Invalid
from workflows.running_form import RunningForm
from workflows.selectors.running import instances
from workflows.services.mending import mend_many

BATCH = 100


@job_kinds.register
class MendProcesses(JobKind):
    """`params`: `deed`, and `filters` as the page's address has them."""

    slug = "mend_processes"
    label = gettext_lazy("Mending many processes")
    resumable = True
    result_template = "processes/mended.html"

    def run(self, job: Job) -> dict[str, Any]:
        outcome = dict(job.result) or self._begin(job)
        while ids := self._next(job, outcome):
            with transaction.atomic():
                known = {key: outcome[key] for key in BulkReport().to_json()}
                report = BulkReport(**known) + mend_many(ids, job.params["deed"], actor=job.actor)
                outcome = {**outcome, **report.to_json(), "last": ids[-1]}
                record_progress(job, done=job.done + len(ids), result=outcome)
        return outcome

    def summary(self, job: Job) -> str:
        counted = {name: job.result.get(name, 0) for name in ("changed", "skipped")}
        return _("Done: %(changed)d. Left out: %(skipped)d.") % counted

    def _begin(self, job: Job) -> dict[str, Any]:
        rows = self._found(job)
        until = rows.aggregate(last=Max("pk"))["last"] or 0
        outcome = {**BulkReport().to_json(), "last": 0, "until": until}
        record_progress(job, done=0, total=rows.count(), result=outcome)
        return outcome

    def _next(self, job: Job, outcome: Mapping[str, Any]) -> list[int]:
        stop_if_asked(job)
        rows = self._found(job).filter(pk__gt=outcome["last"], pk__lte=outcome["until"])
        return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])

    def _found(self, job: Job) -> Any:
        form = RunningForm(job.params["filters"], actor=job.actor)
        if not form.is_valid():
            raise Invalid({"": [_("The filter does not hold any more.")]})
        return instances(job.actor, form.filters())
