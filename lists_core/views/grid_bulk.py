"""Changes of many elements: selected ones at once, all found ones as a job."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lists_core.access import Right
from lists_core.field_types.pickers import is_id
from lists_core.grid.bulk_answers import carried_out
from lists_core.grid.bulk_form import BulkForm, bulk_fields
from lists_core.grid.page import open_grid
from lists_core.grid.target import Target, is_opening, target_of
from lists_core.models import List
from lists_core.selectors.sections import section_choices, visible_section
from lists_core.services.bulk import check_bulk_values
from svod.base.errors import Invalid, NotFound
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, list_id: int) -> HttpResponse:
    """Choose fields and values, then change all elements of the target."""
    target = target_of(request, list_id, Right.CHANGE)
    known = {field.code: field for field in bulk_fields(target.grid)}
    if is_opening(request):
        return edit_dialog(request, target, BulkForm([], actor=request.user))
    codes = [code for code in dict.fromkeys(request.POST.getlist("set")) if code in known]
    picked = [known[code] for code in codes]
    form = BulkForm(picked, request.POST, request.FILES, actor=request.user)
    if not codes:
        form.add_error(None, _("Choose at least one field."))
    if form.is_valid():
        values = {code: form.cleaned_data[code] for code in codes}
        try:
            return change(request, target, values)
        except Invalid as error:
            form.add_domain_errors(error)
    return edit_dialog(request, target, form, status=422)


def change(request: PortalRequest, target: Target, values: dict[str, Any]) -> HttpResponse:
    cleaned = check_bulk_values(target.grid.schema, values, actor=request.user)
    stored = {field.code: field.to_json(value) for field, value in cleaned.items()}
    return carried_out(request, "bulk_edit", target, values=stored)


def edit_dialog(
    request: PortalRequest, target: Target, form: BulkForm, *, status: int = 200
) -> HttpResponse:
    rest = [field for field in bulk_fields(target.grid) if field.code not in form.fields]
    context = {"target": target, "form": form, "rest": rest, "list": target.grid.list_}
    return render(request, "lists/grid/bulk_edit.html", context, status=status)


@login_required
@require_GET
def field(request: PortalRequest, list_id: int) -> HttpResponse:
    """One more field of the bulk edit, by `code`."""
    grid = open_grid(request.user, list_id, {})
    wanted = [known for known in bulk_fields(grid) if known.code == request.GET.get("code")]
    if not wanted:
        raise NotFound
    bound = BulkForm(wanted, actor=request.user)[wanted[0].code]
    return render(request, "lists/grid/bulk_field.html", {"bound": bound})


@login_required
@require_http_methods(["GET", "POST"])
def move(request: PortalRequest, list_id: int) -> HttpResponse:
    target = target_of(request, list_id, Right.CHANGE)
    if not target.grid.list_.has_sections:
        raise NotFound
    if is_opening(request):
        choices = section_choices(target.grid.list_, request.user, right=Right.ADD)
        context = {"target": target, "choices": choices, "list": target.grid.list_}
        return render(request, "lists/grid/bulk_move.html", context)
    section = section_asked(request, target.grid.list_)
    return carried_out(request, "bulk_move", target, section=section)


def section_asked(request: PortalRequest, list_: List) -> int | None:
    """The section's id, None for the top of the tree; NotFound for anything but an id or ""."""
    text = request.POST.get("section")
    if text == "":
        return None
    if not is_id(text):
        raise NotFound
    return visible_section(list_, int(text or ""), request.user).pk


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: PortalRequest, list_id: int) -> HttpResponse:
    """Asks first: the dialog says how many elements go."""
    target = target_of(request, list_id, Right.DELETE)
    if is_opening(request):
        context = {"target": target, "list": target.grid.list_}
        return render(request, "lists/grid/bulk_delete.html", context)
    return carried_out(request, "bulk_delete", target)


@login_required
@require_http_methods(["GET", "POST"])
def copy(request: PortalRequest, list_id: int) -> HttpResponse:
    """Asks first: the dialog says how many copies there will be."""
    target = target_of(request, list_id, Right.VIEW)
    if is_opening(request):
        context = {"target": target, "list": target.grid.list_}
        return render(request, "lists/grid/bulk_copy.html", context)
    return carried_out(request, "bulk_copy", target)
