"""Scheduled imports of a list: set up, switched, run at once, deleted."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.models import ImportSchedule, List
from lists_core.schedule_form import ScheduleForm
from lists_core.selectors.import_schedules import own_schedule, schedules_of, shown_address
from lists_core.selectors.imports import list_to_fill
from lists_core.services import import_schedules
from svod.base.errors import Invalid, NotFound
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def schedules(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = list_to_fill(request.user, list_id)
    rows = schedules_of(list_, request.user)
    lines = [
        {
            "row": row,
            "address": shown_address(row, request.user),
            "is_own": row.owner_id == request.user.pk,
        }
        for row in rows
    ]
    context = {"list": list_, "lines": lines, "tab": "schedules"}
    return render(request, "lists/transfer/schedules.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def schedule_new(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = list_to_fill(request.user, list_id)
    form = ScheduleForm(request.POST or None, list_=list_)
    return _form(request, list_, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def schedule_edit(request: PortalRequest, list_id: int, schedule_id: int) -> HttpResponse:
    row = own_schedule(request.user, list_id, schedule_id)
    form = ScheduleForm(request.POST or None, list_=row.list, row=row)
    return _form(request, row.list, form, row)


def _form(
    request: PortalRequest, list_: List, form: ScheduleForm, row: ImportSchedule | None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, list_, form, row)
            toast(request, _("Saved. The file is fetched within a minute."))
            return go_to(request, reverse("list_import_schedules", args=[list_.pk]))
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"list": list_, "row": row, "form": form, "tab": "schedules"}
    status = 422 if form.errors else 200
    return render(request, "lists/transfer/schedule.html", context, status=status)


def _save(
    request: PortalRequest, list_: List, form: ScheduleForm, row: ImportSchedule | None
) -> None:
    known = form.cleaned_data
    if row is None:
        import_schedules.create_schedule(list_.pk, actor=request.user, **known)
    else:
        import_schedules.change_schedule(list_.pk, row.pk, actor=request.user, **known)


@login_required
@require_POST
def schedule_do(request: PortalRequest, list_id: int, schedule_id: int) -> HttpResponse:
    """`deed`: run, on, off or delete."""
    deed, actor = request.POST.get("deed", ""), request.user
    if deed == "run":
        return go_to(request, import_schedules.run_schedule(list_id, schedule_id, actor=actor))
    if deed == "delete":
        import_schedules.delete_schedule(list_id, schedule_id, actor=actor)
        toast(request, _("The scheduled import is deleted."))
    elif deed in {"on", "off"}:
        import_schedules.switch_schedule(list_id, schedule_id, on=deed == "on", actor=actor)
    else:
        raise NotFound
    return go_to(request, reverse("list_import_schedules", args=[list_id]))
