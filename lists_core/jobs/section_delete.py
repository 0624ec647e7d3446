"""Deletion of a section with many elements: they go one section up in batches, then it goes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right
from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import Job, Section
from lists_core.selectors.lists import access_list
from lists_core.services.section_deletion import (
    KIND,
    delete_section,
    elements_in,
    empty_batch,
)


@job_kinds.register
class DeleteSection(JobKind):
    """`params`: `section`. `result`: `moved` counts the elements, `last` is the id up to which
    all have gone. What comes into the section meanwhile goes with the last step."""

    slug = KIND
    label = gettext_lazy("Deleting a section")
    resumable = True

    def run(self, job: Job) -> dict[str, Any]:
        list_id, section_id = job.list_id or 0, job.params["section"]
        if job.result and not Section.objects.filter(list=list_id, pk=section_id).exists():
            return job.result  # a worker died when all was done
        if not job.result:
            self._begin(job)
        while self._moved(job):
            stop_if_asked(job)
        delete_section(list_id, section_id, actor=job.actor, content_to_parent=True)
        return job.result

    def _begin(self, job: Job) -> None:
        list_ = access_list(job.actor, Right.VIEW, job.list_id or 0)
        total = elements_in(list_, job.params["section"]).count()
        record_progress(job, done=0, total=total, result={"moved": 0, "last": 0})

    def _moved(self, job: Job) -> bool:
        """Whether there was something to move."""
        place = job.list_id or 0, job.params["section"]
        with transaction.atomic():
            ids = empty_batch(*place, actor=job.actor, after=job.result["last"])
            done = job.done + len(ids)
            result = {"moved": done, "last": max(ids, default=job.result["last"])}
            record_progress(job, done=done, total=max(job.total or 0, done), result=result)
        return bool(ids)

    def summary(self, job: Job) -> str:
        said = [_("Elements moved: %(count)d.") % {"count": job.result.get("moved", 0)}]
        done = job.state == Job.State.DONE
        said.append(_("The section is deleted.") if done else _("The section has stayed."))
        return " ".join(said)
