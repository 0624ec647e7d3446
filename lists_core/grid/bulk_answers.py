"""What the page is told after a change of many elements that was made at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from lists_core.grid.answers import reload
from lists_core.grid.target import Target, as_job, at_once
from lists_core.jobs.base import job_kinds
from lists_core.models import Job
from lists_core.selectors.bulk import may_undo
from svod.base.htmx import Level, is_htmx, toast, trigger
from svod.base.http import PortalRequest


def carried_out(request: PortalRequest, kind: str, target: Target, **params: Any) -> HttpResponse:
    """A few elements at once, many in the background."""
    if not target.at_once:
        return as_job(request, kind, target, **params)
    return done(request, at_once(request, kind, target, **params))


def done(request: PortalRequest, job: Job) -> HttpResponse:
    """A toast with the exact numbers, which lead to the report, and the way back."""
    if job.state != Job.State.DONE:
        toast(request, job.error, "error")
        return reload()
    text = job_kinds.get(job.kind).summary(job)
    level: Level = "warning" if job.result["skipped"] else "success"
    undo = undo_address(job) if job.result["changed"] and may_undo(job) else ""
    response = reload()
    if is_htmx(request):
        told = {"text": text, "level": level, "undo": undo, "url": report_address(job)}
        trigger(response, "toast", {"toasts": [told]})
    else:
        toast(request, text, level, undo=undo)
    return response


def report_address(job: Job) -> str:
    return reverse("bulk_change", args=[job.pk])


def undo_address(job: Job) -> str:
    return reverse("bulk_undo", args=[job.pk])
