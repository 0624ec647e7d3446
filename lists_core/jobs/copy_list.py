"""The job that copies a list with its elements."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from lists_core.jobs.base import JobKind, job_kinds, progress
from lists_core.models import Job
from lists_core.services.copies import copy_list


@job_kinds.register
class CopyList(JobKind):
    slug = "copy_list"
    label = _("Copy of a list")

    def run(self, job: Job) -> dict[str, Any]:
        target = copy_list(
            job.params["list"],
            actor=job.actor,
            name=job.params.get("name", ""),
            with_elements=True,
            report=lambda done, total: progress(job, done=done, total=total),
        )
        return {"list": target.pk, "url": target.get_absolute_url()}
