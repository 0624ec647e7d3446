"""Pages of long work: one job, and the list of mine."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from lists_core.jobs.base import job_kinds
from lists_core.models import Job
from lists_core.selectors.jobs import jobs_of, may_have_file, without_unseen_lists
from lists_core.sent_files import sent_back
from lists_core.services.jobs import cancel_job, own_job
from svod.base.errors import NotFound
from svod.base.htmx import go_to, is_htmx, render_page, wants_fragment
from svod.base.http import PortalRequest

PAGE = 30


@login_required
@require_GET
def jobs(request: PortalRequest) -> HttpResponse:
    """My recent jobs, the newest first."""
    page = Paginator(jobs_of(request.user), PAGE).get_page(request.GET.get("page"))
    page.object_list = without_unseen_lists(page.object_list, request.user)
    return render_page(request, "jobs/jobs.html", {"page": page})


@login_required
@require_GET
def job(request: PortalRequest, job_id: UUID) -> HttpResponse:
    """The job's page; its inner part asks for itself anew every second until it is over."""
    found = own_job(job_id, actor=request.user)
    template = "jobs/partials/job.html" if wants_fragment(request) else "jobs/job.html"
    return render(request, template, _context(found))


@login_required
@require_POST
def job_cancel(request: PortalRequest, job_id: UUID) -> HttpResponse:
    found = cancel_job(job_id, actor=request.user)
    if is_htmx(request):
        return render(request, "jobs/partials/job.html", _context(found))
    return go_to(request, found)


@login_required
@require_GET
def job_file(request: PortalRequest, job_id: UUID) -> HttpResponseBase:
    """What the job made, as a download."""
    found = own_job(job_id, actor=request.user)
    if found.file is None or not may_have_file(found, request.user):
        raise NotFound
    stored = found.file
    return sent_back(request, stored.name, stored.content, inline=False, mime=stored.mime)


def _context(found: Job) -> dict[str, Any]:
    kind = job_kinds.get(found.kind)
    had_list = found.list is not None
    without_unseen_lists([found], found.actor)
    is_seen = found.list is not None or not had_list
    shown = found.is_over and found.result and is_seen
    withheld = found.file is not None and not may_have_file(found, found.actor)
    return {
        "job": found,
        "kind": kind,
        "back": _back(found),
        "withheld": withheld,
        "summary": kind.summary(found) if found.is_over else "",
        "result_template": kind.result_template if shown else "",
    }


def _back(found: Job) -> str:
    """The address of the job's list, in the view (`query`) that the job was started from."""
    if found.list is None:
        return ""
    view = found.params.get("query", "")
    query = f"?{urlencode(view)}" if isinstance(view, dict) and view else view
    return found.list.get_absolute_url() + str(query or "")
