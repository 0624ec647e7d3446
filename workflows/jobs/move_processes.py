"""All that can go moved to a version, in batches; begun anew it finds only those left."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import Job
from workflows.services.versions import move_to_version, preview

BATCH = 500


@job_kinds.register
class MoveProcesses(JobKind):
    """`params`: `version`. `result`: how many went, and how many of those that could did not."""

    slug = "move_processes"
    label = gettext_lazy("Moving processes to a new version")
    resumable = True

    def run(self, job: Job) -> dict[str, Any]:
        version = job.params["version"]
        ids = preview(version, actor=job.actor).movable
        before = job.result.get("moved", 0)
        record_progress(job, done=before, total=before + len(ids), result={"moved": before})
        for place in range(0, len(ids), BATCH):
            stop_if_asked(job)
            some = ids[place : place + BATCH]
            moved = move_to_version(version, actor=job.actor, instance_ids=some)
            before += moved
            record_progress(job, done=job.done + len(some), result={"moved": before})
        return {"moved": before}

    def summary(self, job: Job) -> str:
        return _("Moved: %(count)d.") % {"count": job.result.get("moved", 0)}
