"""The job that removes a large list for good."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from lists_core.jobs.base import JobKind, job_kinds, progress
from lists_core.models import Job
from lists_core.services.lists import purge_list


@job_kinds.register
class PurgeList(JobKind):
    slug = "purge_list"
    label = _("Removal of a list")

    def run(self, job: Job) -> dict[str, Any]:
        purge_list(
            job.params["list"],
            actor=job.actor,
            report=lambda done, total: progress(job, done=done, total=total),
        )
        return {}
