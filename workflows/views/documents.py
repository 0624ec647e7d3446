"""The library of document templates."""

from __future__ import annotations

import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.file_kinds import DOCUMENTS
from lists_core.selectors.lists import owned_lists
from svod.base.errors import DomainError, Invalid
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest
from svod.base.streaming import stream_file
from workflows.document_forms import FileForm, FillForm, NewTemplateForm, TemplateForm
from workflows.documents.library import FILTERS, placeholders, sample
from workflows.models import DocumentTemplate
from workflows.selectors import documents as selectors
from workflows.services import document_templates as services
from workflows.services.document_templates import BadTemplate
from workflows.services.documents import test_fill

DOCX = DOCUMENTS["docx"]
FOLDER = "workflows/documents"


@login_required
@require_GET
def document_templates(request: PortalRequest) -> HttpResponse:
    templates = list(selectors.visible_templates(request.user))
    context = {"templates": templates, "may_add": may_add(request)}
    return render(request, f"{FOLDER}/templates.html", context)


def may_add(request: PortalRequest) -> bool:
    """Whether there is a list whose templates this person may keep."""
    return request.user.is_superuser or bool(owned_lists(request.user))


@login_required
@require_GET
def document_sample(request: PortalRequest) -> HttpResponseBase:
    """A ready template to begin with."""
    return sent(request, _("Sample template") + ".docx", sample())


def sent(request: PortalRequest, name: str, content: bytes) -> HttpResponseBase:
    response = stream_file(request, io.BytesIO(content), name=name, size=len(content), mime=DOCX)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def document_template_add(request: PortalRequest) -> HttpResponse:
    files = request.FILES if request.method == "POST" else None
    form = NewTemplateForm(request.POST or None, files, actor=request.user)
    mistakes: list[Any] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.create_document_template(
                actor=request.user, name=data["name"], upload=data["file"], list_id=data["list"]
            )
            toast(request, _("The template is ready. Try it on an element."))
            return go_to(request, made)
        except Invalid as error:
            mistakes = refused(form, error)
    return form_page(request, form, _("New template"), mistakes=mistakes)


def refused(form: Any, error: Invalid) -> list[Any]:
    """Mistakes of the file are shown with what stands there, others at their fields."""
    if isinstance(error, BadTemplate):
        form.add_error("file", _("The template was not accepted: its mistakes are listed above."))
        return list(error.details["mistakes"])
    form.add_domain_errors(error)
    return []


def form_page(request: PortalRequest, form: Any, heading: str, **more: Any) -> HttpResponse:
    context = {"form": form, "heading": heading, **more}
    return render(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def document_template(request: PortalRequest, template_id: int) -> HttpResponse:
    """Placeholders to copy, a test fill, versions."""
    template = selectors.access_template(request.user, template_id)
    return template_page(request, template)


def template_page(
    request: PortalRequest, template: DocumentTemplate, *, status: int = 200, **more: Any
) -> HttpResponse:
    fill = FillForm(actor=request.user, list_=template.list) if template.list else None
    context = {
        "template": template,
        "groups": placeholders(request.user, template),
        "filters": FILTERS,
        "versions": selectors.versions_of(template),
        "may_change": selectors.may_change(request.user, template),
        "fill": fill,
        "replace": FileForm(),
        **more,
    }
    return render(request, f"{FOLDER}/template.html", context, status=status)


@login_required
@require_POST
def document_template_fill(request: PortalRequest, template_id: int) -> HttpResponseBase:
    """A filled document that is kept nowhere; what is wrong is told on the page."""
    template = selectors.access_template(request.user, template_id)
    form = (
        FillForm(request.POST, actor=request.user, list_=template.list) if template.list else None
    )
    if form is not None and not form.is_valid():
        return template_page(request, template, status=422, fill=form)
    place = (template.list_id, form.cleaned_data["element"]) if form and template.list_id else None
    try:
        name, content = test_fill(template, place, request.user)
    except DomainError as error:
        return template_page(request, template, status=422, fill=form, failed=str(error))
    return sent(request, name, content)


@login_required
@require_POST
def document_template_replace(request: PortalRequest, template_id: int) -> HttpResponse:
    template = services.open_document_template(template_id, actor=request.user)
    form = FileForm(request.POST, request.FILES)
    mistakes: list[Any] = []
    if form.is_valid():
        try:
            file = form.cleaned_data["file"]
            made = services.replace_document_template(template_id, file, actor=request.user)
            toast(request, _("Version %(number)d is used from now on.") % {"number": made.number})
            return go_to(request, template)
        except Invalid as error:
            mistakes = refused(form, error)
    shown = selectors.access_template(request.user, template_id)
    return template_page(request, shown, status=422, replace=form, mistakes=mistakes)


@login_required
@require_http_methods(["GET", "POST"])
def document_template_edit(request: PortalRequest, template_id: int) -> HttpResponse:
    template = services.open_document_template(template_id, actor=request.user)
    initial = {
        "name": template.name, "file_name": template.file_name, "rows_field": template.rows_field_id
    }  # fmt: skip
    form = TemplateForm(
        request.POST or None, initial=initial, actor=request.user, template=template
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        data["rows_field_id"] = data.pop("rows_field")
        try:
            services.change_document_template(template_id, actor=request.user, **data)
            toast(request, _("Saved"))
            return go_to(request, template)
        except Invalid as error:
            form.add_domain_errors(error)
    return form_page(request, form, _("Settings of the template"), template=template)


@login_required
@require_POST
def document_version_restore(request: PortalRequest, template_id: int, number: int) -> HttpResponse:
    services.restore_document_version(template_id, number, actor=request.user)
    toast(request, _("Version %(number)d is current again.") % {"number": number})
    return go_to(request, selectors.access_template(request.user, template_id))


@login_required
@require_POST
def document_template_delete(request: PortalRequest, template_id: int) -> HttpResponse:
    services.delete_document_template(template_id, actor=request.user)
    toast(request, _("The template is removed; documents made of it stay."))
    return go_to(request, "document_templates")
