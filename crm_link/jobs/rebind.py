"""What a merge leaves behind, where very much points to the item that has gone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.refs import stored_ref
from crm_link.services.rebind import pointing_rows, rebind_all
from lists_core.jobs.base import JobKind, job_kinds, progress
from lists_core.models import Job

COUNTED = 1_000_000


@job_kinds.register
class Rebind(JobKind):
    """`params`: `old` and `new` as `D_12`. Begun anew it goes on with the rows left."""

    slug = "crm_rebind"
    label = gettext_lazy("Pointing links to the item that is left")
    resumable = True

    def run(self, job: Job) -> dict[str, Any]:
        old, new = stored_ref(job.params["old"]), stored_ref(job.params["new"])
        done = job.done
        progress(job, done=done, total=done + pointing_rows(old, limit=COUNTED))
        for rows in rebind_all(old, new, actor=job.actor):
            done += rows
            progress(job, done=done)
        return {"changed": done}

    def summary(self, job: Job) -> str:
        return _("Elements changed: %(count)d.") % {"count": job.result.get("changed", 0)}
