"""Jobs of the field designer: preview a change of type, and do it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from lists_core.jobs.base import JobKind, job_kinds, progress
from lists_core.models import Job
from lists_core.services.type_changes import Target, change_type, preview_type_change


def _target(job: Job) -> Target:
    return Target(job.params["type"], job.params["multiple"], job.params["settings"])


@job_kinds.register
class PreviewTypeChange(JobKind):
    slug = "preview_type_change"
    label = _("Preview of a change of type")

    def run(self, job: Job) -> dict[str, Any]:
        preview = preview_type_change(
            job.params["field"],
            _target(job),
            actor=job.actor,
            report=lambda done, total: progress(job, done=done, total=total),
        )
        return {"filled": preview.filled, "misfits": preview.misfits, "samples": preview.samples}


@job_kinds.register
class ChangeType(JobKind):
    slug = "change_type"
    label = _("Change of type")

    def run(self, job: Job) -> dict[str, Any]:
        change = change_type(
            job.params["field"],
            _target(job),
            actor=job.actor,
            report=lambda done, total: progress(job, done=done, total=total),
        )
        return {"change": change.pk, "misfits": change.misfits}
