"""Items of stages that are to be removed go to another one, many of them; then the stages go."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.services.stage_removal import carry, finish
from lists_core.jobs.base import JobKind, job_kinds, progress
from lists_core.models import Job


@job_kinds.register
class EmptyStages(JobKind):
    """`params`: `stages` to empty, the stage `to`, the `pipeline` that goes at the end or None.
    Begun anew it goes on with what is left; stopped, it leaves the stages with what they hold."""

    slug = "crm_empty_stages"
    label = gettext_lazy("Moving items of removed stages")
    resumable = True

    def run(self, job: Job) -> dict[str, Any]:
        done, list_id = job.done, job.list_id or 0
        while moved := carry(list_id, job.params, actor=job.actor):
            done += moved
            progress(job, done=done)
        finish(list_id, job.params, actor=job.actor)
        return {"changed": done}

    def summary(self, job: Job) -> str:
        return _("Items moved: %(count)d.") % {"count": job.result.get("changed", 0)}
