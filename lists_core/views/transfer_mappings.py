"""Saved mappings of a list's imports: looked at, renamed, deleted."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.schedule_form import MappingNameForm
from lists_core.selectors.import_mappings import changeable_mapping, mapping_lines
from lists_core.selectors.imports import list_to_fill
from lists_core.services.import_mappings import delete_mapping, rename_mapping
from svod.base.errors import Invalid
from svod.base.htmx import go_to, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def mappings(request: PortalRequest, list_id: int) -> HttpResponse:
    list_ = list_to_fill(request.user, list_id)
    context = {"list": list_, "lines": mapping_lines(list_, request.user), "tab": "mappings"}
    return render(request, "lists/transfer/mappings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def mapping_rename(request: PortalRequest, list_id: int, mapping_id: int) -> HttpResponse:
    row = changeable_mapping(request.user, list_id, mapping_id)
    form = MappingNameForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_mapping(list_id, row.pk, form.cleaned_data["name"], actor=request.user)
            toast(request, _("The mapping is renamed."))
            return go_to(request, reverse("list_import_mappings", args=[list_id]))
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"list": row.list, "row": row, "form": form, "tab": "mappings"}
    status = 422 if form.errors else 200
    return render(request, "lists/transfer/mapping.html", context, status=status)


@login_required
@require_POST
def mapping_delete(request: PortalRequest, list_id: int, mapping_id: int) -> HttpResponse:
    delete_mapping(list_id, mapping_id, actor=request.user)
    toast(request, _("The mapping is deleted."))
    return go_to(request, reverse("list_import_mappings", args=[list_id]))
