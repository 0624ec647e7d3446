"""Export of a list's view into a table file."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lists_core.jobs.base import JobKind, job_kinds
from lists_core.models import Job
from lists_core.services.exports import run_export


@job_kinds.register
class ExportTable(JobKind):
    slug = "export_table"
    label = gettext_lazy("Export of a table")
    resumable = True  # it begins anew and writes nothing but its file

    def run(self, job: Job) -> dict[str, Any]:
        return run_export(job)

    def summary(self, job: Job) -> str:
        if job.state != Job.State.DONE:
            return ""
        rows, cut = job.result["rows"], job.result["cut"]
        text = ngettext("%(count)d row written.", "%(count)d rows written.", rows)
        said = text % {"count": rows}
        if not cut:
            return said
        longer = _("Texts longer than a cell holds were cut: %(count)d. CSV keeps them whole.")
        return f"{said} {longer % {'count': cut}}"
