"""Looking at all sources of a consolidation rule anew: what is right already stays as it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.models import FeedLink, FeedRule
from crm_link.services.feed_plan import plan_of
from crm_link.services.feeding import Report, settle
from crm_link.services.feeds import forget_failures, locked, working_as
from lists_core.jobs.base import JobKind, job_kinds, record_progress, stop_if_asked
from lists_core.models import Job
from svod.base.errors import NotFound

BATCH = 500


@job_kinds.register
class FeedRebuild(JobKind):
    """`params["rule"]`; `result` holds the report and `last`, the greatest id that is done."""

    slug = "feed_rebuild"
    label = gettext_lazy("Consolidating anew")
    resumable = True

    def run(self, job: Job) -> dict[str, Any]:
        outcome = dict(job.result) or {**asdict(Report()), "last": 0}
        while number := self._batch(job, outcome):
            record_progress(job, done=job.done + number, total=None, result=outcome)
        forget_failures(job.params["rule"])
        return outcome

    def _batch(self, job: Job, outcome: dict[str, Any]) -> int:
        stop_if_asked(job)
        with transaction.atomic():
            rule = locked(job.params["rule"])
            if rule is None:
                raise NotFound
            with working_as(rule) as actor:
                plan = plan_of(rule, actor)
                ids = _next(rule, plan.found(), outcome["last"])
                report = settle(plan, ids) if ids else Report()
        if ids:
            done = Report(**{name: outcome[name] for name in asdict(Report())}) + report
            outcome |= {**asdict(done), "last": ids[-1]}
        return len(ids)

    def summary(self, job: Job) -> str:
        return _("Made: %(created)d. Changed: %(changed)d. Emptied: %(emptied)d.") % job.result


def _next(rule: FeedRule, found: Any, last: int) -> list[int]:
    """Sources that stand somewhere and those that belong somewhere, in the order of their ids."""
    links = FeedLink.objects.filter(rule=rule, source__gt=last).order_by("source")
    new = found.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
    both = {*links.values_list("source", flat=True)[:BATCH], *new[:BATCH]}
    return sorted(both)[:BATCH]
