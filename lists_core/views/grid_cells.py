"""Editing in the grid: one cell at a time."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from lists_core.access import Right
from lists_core.grid.cell_form import CellForm, clash_of, editor, resubmitted
from lists_core.grid.cells import is_editable
from lists_core.grid.page import open_grid
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import access_element
from lists_core.services.elements import Changed, update_element
from svod.base.errors import Forbidden, Invalid, NotFound
from svod.base.http import PortalRequest

EDITOR = "lists/grid/cell.html"


@login_required
@require_http_methods(["GET", "POST"])
def cell(request: PortalRequest, list_id: int, element_id: int, code: str) -> HttpResponse:
    """The editor of a cell; a saved one answers with its whole row."""
    _list, schema, row = access_element(request.user, Right.CHANGE, list_id, element_id)
    field = schema.get(code)
    if field is None:
        raise NotFound
    if not is_editable(field, schema):
        raise Forbidden
    if request.method == "GET":
        return show(request, editor(field, row, actor=request.user), element_id)
    return save(request, list_id, element_id, field, request.POST)


def save(
    request: PortalRequest, list_id: int, element_id: int, field: SchemaField, data: QueryDict
) -> HttpResponse:
    form = CellForm(field, data, request.FILES, actor=request.user)
    if not form.is_valid():
        return show(request, form, element_id, status=422)
    known = form.cleaned_data
    try:
        row = update_element(
            list_id, element_id, {field.code: known["value"]}, version=known["version"],
            actor=request.user,
        )  # fmt: skip
    except Changed as error:
        return clashed(request, list_id, field, error.row, known["version"])
    except Invalid as error:
        form.add_error("value", error.errors.get(field.code) or [str(error)])
        return show(request, form, element_id, status=422)
    return one_row(request, list_id, row)


def clashed(
    request: PortalRequest, list_id: int, field: SchemaField, row: Any, seen: int
) -> HttpResponse:
    """The editor again: who changed what, and a choice whose value stays."""
    opened = open_grid(request.user, list_id, request.GET)
    clash = clash_of(opened.schema, field, row, seen=seen, actor=request.user)
    form = resubmitted(field, request.POST, row, actor=request.user)
    return show(request, form, row.pk, status=409, clash=clash)


def show(
    request: PortalRequest, form: CellForm, element_id: int, *, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {"form": form, "element_id": element_id, **extra}
    response = render(request, EDITOR, context, status=status)
    if status != 200:  # noqa: PLR2004 - the row is the target of a success only
        response["HX-Retarget"] = "#cell-edit"
        response["HX-Reswap"] = "outerHTML"
    return response


@login_required
@require_GET
def row(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """One row as it stands now."""
    found = access_element(request.user, Right.VIEW, list_id, element_id)[2]
    return one_row(request, list_id, found)


def one_row(request: PortalRequest, list_id: int, row: Any) -> HttpResponse:
    return HttpResponse(open_grid(request.user, list_id, request.GET).draw([row]))
