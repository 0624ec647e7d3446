"""The page of running processes: what stands where, what failed, and mending it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.field_types.pickers import is_id
from lists_core.services.bulk import BulkReport
from lists_core.services.jobs import start_job
from svod.base.errors import Forbidden, NotFound
from svod.base.htmx import go_to, is_htmx, render_page, toast, trigger, wants_fragment
from svod.base.http import PortalRequest
from workflows.running_form import RunningForm
from workflows.selectors.running import counts, page_of
from workflows.services.mending import DEEDS, mend_many


@login_required
@require_GET
def running(request: PortalRequest) -> HttpResponse:
    """Newest first; `before` in the address asks for those after the ones shown."""
    form = _form(request, request.GET)
    before = request.GET.get("before", "")
    number = int(before) if is_id(before) else 0
    context: dict[str, Any] = {"form": form, "now": timezone.now(), "deeds": _deeds()}
    if form.is_valid():
        context["page"] = page_of(request.user, form.filters(), before=number)
    if number and wants_fragment(request):
        return render(request, "processes/partials/running_rows.html", context)
    if form.is_valid():
        context["counts"] = _counts(request, form)
    status = 422 if form.errors else 200
    return render_page(request, "processes/running.html", context, status=status)


@login_required
@require_POST
def mend(request: PortalRequest) -> HttpResponse:
    """One deed for the chosen instances at once, or for all found ones as a job."""
    deed = request.POST.get("deed", "")
    if deed not in DEEDS:
        raise NotFound
    if request.POST.get("all") == "1":
        return _as_job(request, deed)
    ids = [int(text) for text in request.POST.getlist("ids") if is_id(text)]
    _tell(request, mend_many(ids, deed, actor=request.user))
    if not is_htmx(request):
        return go_to(request, "instances")
    response = HttpResponse(status=204)
    trigger(response, "svod:saved")
    return response


def _as_job(request: PortalRequest, deed: str) -> HttpResponse:
    form = _form(request, request.POST)
    if not form.is_valid():
        raise NotFound
    filters = form.params()
    job = start_job("mend_processes", actor=request.user, deed=deed, filters=filters)
    return go_to(request, job)


def _form(request: PortalRequest, data: Any) -> RunningForm:
    """Raises Forbidden for who looks after nothing."""
    form = RunningForm(data, actor=request.user)
    if not (request.user.is_superuser or form.lists):
        raise Forbidden(_("You look after no processes: that takes full access to a list."))
    return form


def _counts(request: PortalRequest, form: RunningForm) -> list[tuple[str, int]]:
    return list(counts(request.user, form.filters()).items())


def _deeds() -> list[tuple[str, Any]]:
    return [(slug, label) for slug, (_act, label) in DEEDS.items()]


def _tell(request: PortalRequest, report: BulkReport) -> None:
    said = [_("Done: %(count)d.") % {"count": report.changed}]
    if report.skipped:
        reasons = "; ".join(dict.fromkeys(report.problems.values()))
        left = _("Left out: %(count)d (%(reasons)s)")
        said.append(left % {"count": report.skipped, "reasons": reasons[:300]})
    toast(request, " ".join(said), "warning" if report.skipped else "success")
