"""Reports of changes of many elements, and the way back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import Right
from lists_core.grid.bulk_answers import done, report_address
from lists_core.jobs.base import job_kinds
from lists_core.models import Job
from lists_core.selectors.bulk import (
    Told,
    all_told,
    bulk_change,
    bulk_changes,
    counted,
    lines_of,
    manages,
    may_see,
    may_undo,
    told,
)
from lists_core.selectors.lists import access_list
from lists_core.services.bulk import INLINE_LIMIT
from lists_core.services.bulk_changes import start_undo, stop_bulk
from lists_core.services.jobs import run_job
from svod.base.errors import Conflict
from svod.base.formulas import neutralised
from svod.base.htmx import go_to, is_htmx, render_page, toast
from svod.base.http import PortalRequest

PAGE = 50


@login_required
@require_GET
def mine(request: PortalRequest) -> HttpResponse:
    """My recent changes of many elements, in all lists."""
    return _index(request, {})


@login_required
@require_GET
def of_list(request: PortalRequest, list_id: int) -> HttpResponse:
    """Those of one list: mine, and for who manages it everybody's."""
    list_ = access_list(request.user, Right.VIEW, list_id)
    return _index(request, {"list": list_, "everybody": manages(request.user, list_id)})


def _index(request: PortalRequest, context: dict[str, Any]) -> HttpResponse:
    list_ = context.get("list")
    jobs = bulk_changes(request.user, list_.pk if list_ else None)
    page = Paginator(jobs, PAGE).get_page(request.GET.get("page"))
    rows = [
        (job, job_kinds.get(job.kind), may_undo(job), may_see(request.user, _undo_of(job)))
        for job in page
    ]
    return render_page(request, "lists/bulk/changes.html", {**context, "page": page, "rows": rows})


@login_required
@require_GET
def report(request: PortalRequest, job_id: UUID) -> HttpResponse:
    """What became of each element; `outcome` narrows it."""
    job = bulk_change(request.user, job_id)
    outcome = request.GET.get("outcome", "")
    page = Paginator(lines_of(job, outcome), PAGE).get_page(request.GET.get("page"))
    numbers = counted(job)
    context = {
        "job": job,
        "list": job.list,
        "kind": job_kinds.get(job.kind),
        "page": page,
        "lines": told(job, page, actor=request.user),
        "outcome": outcome,
        "numbers": [(key, key.label, number) for key, number in numbers.items()],
        "may_undo": may_undo(job),
        "is_mine": job.actor_id == request.user.pk,
        **_around(request, job),
    }
    return render_page(request, "lists/bulk/change.html", context)


def _around(request: PortalRequest, job: Job) -> dict[str, Any]:
    """The change that this one takes back and the one that takes it back. What a manager took
    back is told to the starter of the change, but its report is the manager's."""
    undone_by = _undo_of(job)
    return {
        "undone_by": undone_by,
        "may_see_undo": may_see(request.user, undone_by),
        "may_see_undone": may_see(request.user, job.undoes),
    }


def _undo_of(job: Job) -> Job | None:
    return getattr(job, "undone_by", None)


@login_required
@require_GET
def table(request: PortalRequest, job_id: UUID) -> StreamingHttpResponse:
    """The whole report as CSV."""
    job = bulk_change(request.user, job_id)
    lines = all_told(job, actor=request.user)
    response = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bulk-{job.pk}.csv"'
    return response


def _csv(lines: Iterator[Told]) -> Iterator[str]:
    yield "\ufeff"
    yield _csv_row([_("Number"), _("Name"), _("What became of it"), _("Reason")])
    for told_ in lines:
        pk = told_.row.pk if told_.row else ""
        name = told_.row.name if told_.row else ""
        yield _csv_row([pk, name, told_.outcome, told_.text])


def _csv_row(cells: list[Any]) -> str:
    target = StringIO()
    csv.writer(target, lineterminator="\r\n").writerow([neutralised(str(one)) for one in cells])
    return target.getvalue()


@login_required
@require_POST
def undo(request: PortalRequest, job_id: UUID) -> HttpResponse:
    """Takes a bulk change back: a few elements at once, many in the background."""
    try:
        job = start_undo(job_id, actor=request.user)
    except Conflict as error:
        toast(request, error, "error")
        return HttpResponse(status=204) if is_htmx(request) else go_to(request, "bulk_changes")
    if job.undoes and job.undoes.done <= INLINE_LIMIT:
        run_job(job.pk)
        job.refresh_from_db()
    if job.is_over and is_htmx(request) and may_see(request.user, job):
        return done(request, job)
    return go_to(request, _place(request, job))


def _place(request: PortalRequest, undo: Job) -> str:
    """Where the person may watch an undo: a job's page is its starter's alone, and of an undo
    that a manager of the list asked for the report is, too."""
    if undo.actor_id == request.user.pk and not undo.is_over:
        return undo.get_absolute_url()
    seen = undo.undoes if undo.undoes and not may_see(request.user, undo) else undo
    return report_address(seen)


@login_required
@require_POST
def stop(request: PortalRequest, job_id: UUID) -> HttpResponse:
    """Also another's in a list that one manages: it cannot be taken back while it goes on."""
    job = stop_bulk(job_id, actor=request.user)
    if not job.is_over:
        toast(request, _("Stopping after the batch at hand…"), "info")
    return go_to(request, report_address(job))
