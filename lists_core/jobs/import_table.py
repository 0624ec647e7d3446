"""Import of a table file into a list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.jobs.base import JobKind, job_kinds
from lists_core.models import Job
from lists_core.services.imports import run_import


@job_kinds.register
class ImportTable(JobKind):
    slug = "import_table"
    label = gettext_lazy("Import of a table")
    resumable = True
    result_template = "lists/transfer/import_result.html"

    def run(self, job: Job) -> dict[str, Any]:
        return run_import(job)

    def summary(self, job: Job) -> str:
        if job.params.get("dry"):
            return _("A trial run: nothing was written.")
        return ""
