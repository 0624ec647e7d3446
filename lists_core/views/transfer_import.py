"""Import of a table file: upload, mapping, start."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from lists_core.access import Right, may_create_lists, may_somewhere
from lists_core.models import Job, List, StoredFile
from lists_core.selectors.files import access_file
from lists_core.selectors.lists import access_list
from lists_core.services.files import upload_file
from lists_core.services.imports import start_import, start_import_as_list
from lists_core.transfer.draft import Draft
from lists_core.transfer.forms import LayoutForm, MappingForm, UploadForm
from lists_core.transfer.mapping import choice_of
from lists_core.transfer.spec import ImportSpec
from lists_core.transfer.tables import detect_layout, sheets_of
from svod.base.errors import DomainError, Forbidden, Invalid
from svod.base.htmx import go_to
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def list_import(request: PortalRequest, list_id: int) -> HttpResponse:
    """Upload a file for a list that exists."""
    return _upload(request, _writable(request, list_id))


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
    return _columns(request, _writable(request, list_id), file_id)


@login_required
@require_http_methods(["GET", "POST"])
def import_new_columns(request: PortalRequest, file_id: int) -> HttpResponse:
    if not may_create_lists(request.user):
        raise Forbidden
    return _columns(request, None, file_id)


def _writable(request: PortalRequest, list_id: int) -> List:
    list_ = access_list(request.user, Right.VIEW, list_id)
    rights = (Right.ADD, Right.CHANGE)
    if not any(may_somewhere(request.user, right, list_) for right in rights):
        raise Forbidden
    return list_


def _upload(request: PortalRequest, list_: List | None) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            file = upload_file(form.cleaned_data["file"], actor=request.user)
            detect_layout(file)
        except Invalid as error:
            form.add_domain_errors(error)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return go_to(request, _columns_url(list_, file.pk))
    status = 422 if form.errors else 200
    return render(
        request, "lists/transfer/upload.html", {"form": form, "list": list_}, status=status
    )


def _columns_url(list_: List | None, file_id: int) -> str:
    if list_ is None:
        return reverse("import_new_columns", args=[file_id])
    return reverse("list_import_columns", args=[list_.pk, file_id])


def _columns(request: PortalRequest, list_: List | None, file_id: int) -> HttpResponse:
    file = access_file(request.user, file_id)
    earlier = _earlier(request, file)
    layout_form = _layout_form(request, file, earlier)
    draft = Draft(file, layout_form.layout(), layout_form.empty_words())
    form = MappingForm(
        request.POST if request.method == "POST" else None,
        draft=draft,
        list_=list_,
        actor=request.user,
        initial=choice_of(earlier) if earlier else {},
    )
    if form.is_valid():
        job = _start(request, form, list_)
        if job is not None:
            return go_to(request, job)
    context = {"form": form, "layout_form": layout_form, "draft": draft, "list": list_}
    status = 422 if form.errors else 200
    return render(request, "lists/transfer/columns.html", context, status=status)


def _earlier(request: PortalRequest, file: StoredFile) -> ImportSpec | None:
    """The choices of a job about the same file, when the person comes back from it."""
    asked = request.GET.get("job", "")
    jobs = Job.objects.filter(actor=request.user, kind="import_table", params__file_id=file.pk)
    job = next((job for job in jobs[:50] if str(job.pk) == asked), None) if asked else None
    return ImportSpec.from_json(job.params) if job else None


def _layout_form(
    request: PortalRequest, file: StoredFile, earlier: ImportSpec | None
) -> LayoutForm:
    chosen = {**earlier.layout.to_json(), "empty": ", ".join(earlier.empty)} if earlier else {}
    return LayoutForm(
        {**chosen, **request.GET.dict()}, detected=detect_layout(file), sheets=sheets_of(file)
    )


def _start(request: PortalRequest, form: MappingForm, list_: List | None) -> Job | None:
    """The job, or None when the form got errors."""
    try:
        if list_ is None:
            return start_import_as_list(
                form.spec(dry=False),
                actor=request.user,
                name=form.cleaned_data["list_name"],
                everyone=form.cleaned_data["everyone"],
            )
        return start_import(list_, form.spec(dry="dry" in request.POST), actor=request.user)
    except Invalid as error:
        form.add_domain_errors(error)
    return None
