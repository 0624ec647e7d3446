"""Import of a table file: upload, mapping, start."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from lists_core.access import may_create_lists
from lists_core.models import Job, List
from lists_core.selectors.files import access_file
from lists_core.selectors.imports import list_to_fill
from lists_core.services.files import upload_file
from lists_core.services.import_mappings import save_mapping
from lists_core.services.imports import start_import, start_import_as_list
from lists_core.transfer.forms import MappingForm, UploadForm
from lists_core.transfer.mapping import choice_of
from lists_core.transfer.spec import ImportSpec
from lists_core.transfer.tables import detect_layout
from lists_core.views.transfer_draft import open_draft
from svod.base.errors import DomainError, Forbidden, Invalid
from svod.base.htmx import go_to
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def list_import(request: PortalRequest, list_id: int) -> HttpResponse:
    """Upload a file for a list that exists."""
    return _upload(request, list_to_fill(request.user, list_id))


@login_required
@require_http_methods(["GET", "POST"])
def import_new(request: PortalRequest) -> HttpResponse:
    """Upload a file that becomes a list."""
    if not may_create_lists(request.user):
        raise Forbidden
    return _upload(request, None)


@login_required
@require_http_methods(["GET", "POST"])
def list_import_columns(request: PortalRequest, list_id: int, file_id: int) -> HttpResponse:
    """Choose where the columns go, look at the first rows, start."""
    return _columns(request, list_to_fill(request.user, list_id), file_id)


@login_required
@require_http_methods(["GET", "POST"])
def import_new_columns(request: PortalRequest, file_id: int) -> HttpResponse:
    if not may_create_lists(request.user):
        raise Forbidden
    return _columns(request, None, file_id)


def _upload(request: PortalRequest, list_: List | None) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = form.cleaned_data["file"]
            file = upload_file(sent, actor=request.user, most=settings.IMPORT_MAX_BYTES)
            detect_layout(file)
        except Invalid as error:
            form.add_domain_errors(error)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return go_to(request, _columns_url(list_, file.pk))
    status = 422 if form.errors else 200
    context = {"form": form, "list": list_, "tab": "file"}
    return render(request, "lists/transfer/upload.html", context, status=status)


def _columns_url(list_: List | None, file_id: int) -> str:
    if list_ is None:
        return reverse("import_new_columns", args=[file_id])
    return reverse("list_import_columns", args=[list_.pk, file_id])


def _columns(request: PortalRequest, list_: List | None, file_id: int) -> HttpResponse:
    opened = open_draft(request, list_, access_file(request.user, file_id))
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        draft=opened.draft,
        list_=list_,
        actor=request.user,
        initial=choice_of(opened.spec) if opened.spec else {},
    )
    if form.is_valid():
        job = _start(request, form, list_)
        if job is not None:
            return go_to(request, job)
    context = {"form": form, "layout_form": opened.form, "draft": opened.draft, "list": list_}
    context |= {"mapping": opened.mapping, "missing": form.missing()}
    status = 422 if form.errors else 200
    return render(request, "lists/transfer/columns.html", context, status=status)


def _start(request: PortalRequest, form: MappingForm, list_: List | None) -> Job | None:
    """The job, or None when the form got errors."""
    try:
        with transaction.atomic():
            job = _job(request, form, list_)
            if (name := form.cleaned_data["save_as"]) and not job.params["dry"]:
                spec = ImportSpec.from_json(job.params)
                save_mapping(job.list_id or 0, name, spec, actor=request.user)
            return job
    except Invalid as error:
        form.add_domain_errors(error)
    return None


def _job(request: PortalRequest, form: MappingForm, list_: List | None) -> Job:
    if list_ is None:
        return start_import_as_list(
            form.spec(dry=False),
            actor=request.user,
            name=form.cleaned_data["list_name"],
            everyone=form.cleaned_data["everyone"],
        )
    return start_import(list_, form.spec(dry="dry" in request.POST), actor=request.user)
