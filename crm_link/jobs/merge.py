"""Merging items to which thousands of others link: the links go over in batches first, once a
rehearsal has shown that the merge itself is not refused."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.kinds import Kind, kinds
from crm_link.refs import CrmRef
from crm_link.services.merging import check_merge, merge_items, rehearse_merge
from crm_link.services.rebind import rebind_all
from lists_core.addresses import element_url
from lists_core.jobs.base import JobKind, job_kinds, progress
from lists_core.models import Job
from svod.base.errors import NotFound


@job_kinds.register
class MergeItems(JobKind):
    """Begun anew it goes on with what is left: a link that went over is no link to go over."""

    slug = "merge_items"
    label = gettext_lazy("Merging items of CRM")
    resumable = True

    def run(self, job: Job) -> dict[str, Any]:
        kind: Kind = kinds.get(job.params["slug"])
        winner, losers, chosen = (job.params[one] for one in ("winner", "losers", "chosen"))
        if not job.done:  # later the versions may differ: links of the items themselves move too
            seen = {int(pk): version for pk, version in job.params["versions"].items()}
            rehearse_merge(kind, winner, losers, actor=job.actor, chosen=chosen, versions=seen)
        for loser in losers:
            self._links(job, kind, loser, winner)
        if job.list is None:
            raise NotFound
        merge_items(kind, winner, losers, actor=job.actor, chosen=chosen)
        return {"moved": job.done, "url": element_url(job.list, winner)}

    def _links(self, job: Job, kind: Kind, loser: int, winner: int) -> None:
        check_merge(kind, winner, [loser], actor=job.actor)
        old, new = CrmRef(kind.slug, loser), CrmRef(kind.slug, winner)
        for moved in rebind_all(old, new, actor=job.actor):
            progress(job, done=job.done + moved)
            check_merge(kind, winner, [loser], actor=job.actor)

    def summary(self, job: Job) -> str:
        return _("Links moved: %(count)d.") % {"count": job.result.get("moved", 0)}
