"""Telling people that their long work is over, when they have probably gone elsewhere."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lists_core.jobs.base import job_kinds
from lists_core.models import Job
from staff.services.notifications import notify

LONG = timedelta(seconds=20)
TEXTS = {Job.State.DONE: _("Done: {work}"), Job.State.FAILED: _("Not done: {work}")}


def tell_finished(job: Job, state: str) -> None:
    """News for whoever started the job, unless it was short, ended by them, or told before."""
    began = job.started_at or timezone.now()
    if not job_kinds.get(job.kind).tells:
        return
    if state in TEXTS and timezone.now() - began >= LONG:
        text = format_lazy(TEXTS[Job.State(state)], work=job_kinds.get(job.kind).label)
        notify([job.actor], "job", text, url=job.get_absolute_url(), key=f"job:{job.pk}")
