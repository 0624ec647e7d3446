"""Changing a field's type: choose, look at what does not fit, do it, take it back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right
from lists_core.designer_forms import TypeForm
from lists_core.field_types.base import field_types
from lists_core.models import Job
from lists_core.selectors.fields import access_field
from lists_core.selectors.lists import access_list
from lists_core.services import type_changes
from lists_core.services.jobs import own_job, start_job
from svod.base.errors import NotFound
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def field_type(request: PortalRequest, list_id: int, field_id: int) -> HttpResponse:
    """Choose the new type; the answer is a job that tries it on every value."""
    list_ = access_list(request.user, Right.FULL, list_id)
    field = access_field(list_, field_id)
    drafted = "draft" in request.POST
    data = request.POST if request.method == "POST" else None
    form = TypeForm(data, field=field, actor=request.user)
    if data and not drafted and form.is_valid():
        job = start_job(
            "preview_type_change", actor=request.user, list_=list_, field=field.pk, **form.target()
        )
        return go_to(request, reverse("field_type_preview", args=[list_.pk, field.pk, job.pk]))
    if drafted:
        form.hide_errors()
    context = {"form": form, "list": list_, "field": field, "tab": "fields", "draft": drafted}
    status = 422 if data and not drafted else 200
    template = "partials/type_form.html" if drafted else "field_type.html"
    return render(request, f"lists/designer/{template}", context, status=status)


@login_required
@require_GET
def field_type_preview(
    request: PortalRequest, list_id: int, field_id: int, job_id: str
) -> HttpResponse:
    """What the change would do; polls while the job counts."""
    list_ = access_list(request.user, Right.FULL, list_id)
    field = access_field(list_, field_id)
    job = _preview_job(request, field_id, job_id)
    kind = field_types.get(job.params["type"])
    context = {
        "list": list_,
        "field": field,
        "job": job,
        "target": kind.label,
        "concealed": kind.concealed,
        "tab": "fields",
    }
    polled = request.headers.get("HX-Request") == "true"
    template = "partials/type_preview.html" if polled else "type_preview.html"
    return render(request, f"lists/designer/{template}", context)


@login_required
@require_POST
def field_type_apply(
    request: PortalRequest, list_id: int, field_id: int, job_id: str
) -> HttpResponse:
    list_ = access_list(request.user, Right.FULL, list_id)
    access_field(list_, field_id)
    preview = _preview_job(request, field_id, job_id)
    job = start_job("change_type", actor=request.user, list_=list_, **preview.params)
    return go_to(request, job)


@login_required
@require_POST
def type_change_confirm(request: PortalRequest, list_id: int, change_id: int) -> HttpResponse:
    type_changes.confirm_type_change(list_id, change_id, actor=request.user)
    toast(request, _("The old values are removed."))
    return go_to(request, reverse("list_fields", args=[list_id]))


@login_required
@require_POST
def type_change_undo(request: PortalRequest, list_id: int, change_id: int) -> HttpResponse:
    field = type_changes.undo_type_change(list_id, change_id, actor=request.user)
    toast(request, _("“%(name)s” has its old type and values again.") % {"name": field.name})
    return go_to(request, reverse("list_fields", args=[list_id]))


def _preview_job(request: PortalRequest, field_id: int, job_id: str) -> Job:
    job = own_job(job_id, actor=request.user)
    if job.kind != "preview_type_change" or job.params["field"] != field_id:
        raise NotFound
    return job
