"""A scheduled import: the file is fetched, then imported as any other."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.jobs.base import JobKind, job_kinds
from lists_core.models import Job
from lists_core.services.import_fetch import fetched, note_end
from lists_core.services.import_schedules import KIND
from lists_core.services.imports import run_import


@job_kinds.register
class ImportUrl(JobKind):
    slug = KIND
    label = gettext_lazy("Scheduled import")
    resumable = True
    tells = False
    result_template = "lists/transfer/import_result.html"

    def run(self, job: Job) -> dict[str, Any]:
        return run_import(job) if fetched(job) else {"same": True}

    def over(self, job: Job) -> None:
        note_end(job)

    def summary(self, job: Job) -> str:
        return _("The file has not changed since the last time.") if job.result.get("same") else ""
