"""The processes of a list and of the whole portal, and the life of a template."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.access import Right
from lists_core.selectors.lists import access_list
from svod.base.errors import Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest
from workflows.designer.rows import process_rows
from workflows.designer.template_forms import ImportForm, SettingsForm, TemplateForm
from workflows.designer.transfer import exported, imported
from workflows.selectors.templates import designed_lists, designed_templates
from workflows.services import template_changes, templates


@login_required
@require_GET
def processes(request: PortalRequest) -> HttpResponse:
    """Every process that the person designs."""
    lists = designed_lists(request.user)
    rows = designed_templates(request.user)
    context = {
        "rows": process_rows(rows, request.user),
        "may_add": bool(lists) or request.user.is_superuser,
    }
    return render(request, "workflows/designer/processes.html", context)


@login_required
@require_GET
def list_processes(request: PortalRequest, list_id: int) -> HttpResponse:
    """Those of one list: a tab of its settings."""
    list_ = access_list(request.user, Right.FULL, list_id)
    rows = designed_templates(request.user, list_id=list_.pk)
    context = {
        "rows": process_rows(rows, request.user), "list": list_, "tab": "processes",
        "may_add": True,
    }  # fmt: skip
    return render(request, "workflows/designer/list_processes.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: PortalRequest) -> HttpResponse:
    """A new process, of the list `list` unless another one is chosen."""
    form = TemplateForm(
        request.POST or None, actor=request.user, initial={"list": request.GET.get("list", "")}
    )
    if form.is_valid():
        made = template_changes.new_template(actor=request.user, **form.cleaned())
        return go_to(request, reverse("process_design", args=[made.pk]))
    status = 422 if form.errors else 200
    return render_page(request, "workflows/designer/add.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def bring_in(request: PortalRequest) -> HttpResponse:
    """A process from a JSON file; what does not fit its new list is told."""
    form = ImportForm(request.POST or None, request.FILES or None, actor=request.user)
    if form.is_valid():
        try:
            found = imported(form.cleaned_data["tree"], form.chosen_list, actor=request.user)
        except Invalid as error:
            form.add_error("file", [text for texts in error.errors.values() for text in texts])
        else:
            made = template_changes.new_template(actor=request.user, **found.given)
            context = {"template": made, "notes": found.notes}
            return render_page(request, "workflows/designer/imported.html", context)
    status = 422 if form.errors else 200
    return render_page(request, "workflows/designer/import.html", {"form": form}, status=status)


@login_required
@require_GET
def export(request: PortalRequest, template_id: int) -> HttpResponse:
    template = templates.open_template(template_id, actor=request.user)
    text = json.dumps(exported(template, request.user), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{template.code}.json"'
    return response


@login_required
@require_POST
def copy(request: PortalRequest, template_id: int) -> HttpResponse:
    made = template_changes.copy_template(template_id, actor=request.user)
    toast(request, _("“%(name)s” was made.") % {"name": made.name})
    return go_to(request, reverse("process_design", args=[made.pk]))


@login_required
@require_POST
def pause(request: PortalRequest, template_id: int) -> HttpResponse:
    template = templates.open_template(template_id, actor=request.user)
    paused = request.POST.get("paused") == "1"
    templates.pause(template.pk, paused, actor=request.user)
    toast(request, _("The process is paused: it does not start any more.") if paused
          else _("The process starts again."))  # fmt: skip
    return go_to(request, reverse("process", args=[template.pk]))


@login_required
@require_POST
def delete(request: PortalRequest, template_id: int) -> HttpResponse:
    template = templates.open_template(template_id, actor=request.user)
    templates.delete_template(template.pk, actor=request.user)
    undo = reverse("process_restore", args=[template.pk])
    toast(request, _("“%(name)s” is in the bin.") % {"name": template.name}, undo=undo)
    return go_to(request, "processes")


@login_required
@require_GET
def bin_(request: PortalRequest) -> HttpResponse:
    rows = designed_templates(request.user, deleted=True)
    return render(request, "workflows/designer/bin.html", {"rows": rows})


@login_required
@require_POST
def restore(request: PortalRequest, template_id: int) -> HttpResponse:
    template = template_changes.restore_template(template_id, actor=request.user)
    toast(request, _("“%(name)s” is back.") % {"name": template.name})
    return go_to(request, reverse("process", args=[template.pk]))


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: PortalRequest, template_id: int) -> HttpResponse:
    """Name, description, and in whose name it works."""
    template = templates.open_template(template_id, actor=request.user)
    form = SettingsForm(request.POST or None, template=template, actor=request.user)
    if form.is_valid():
        form.save()
        toast(request, _("Saved."))
        return go_to(request, reverse("process", args=[template.pk]))
    context = {"form": form, "template": template}
    status = 422 if form.errors else 200
    return render_page(request, "workflows/designer/settings.html", context, status=status)
