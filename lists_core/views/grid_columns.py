"""A person's own columns, their widths and the size of a page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from lists_core.grid.answers import reload
from lists_core.grid.page import open_grid
from lists_core.grid.state import whole_number
from lists_core.services.preferences import (
    reset_columns,
    save_columns,
    save_page_size,
    save_widths,
)
from svod.base.errors import Invalid
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def columns(request: PortalRequest, list_id: int) -> HttpResponse:
    """The dialog of columns: shown ones first in their order, then the others."""
    if request.method == "GET":
        return dialog(request, list_id)
    try:
        if "reset" in request.POST:
            reset_columns(list_id, actor=request.user)
        else:
            save_columns(list_id, listed(request.POST, "column"), actor=request.user)
    except Invalid as error:
        return dialog(request, list_id, errors=error.errors[""])
    return reload(drop="columns")


def dialog(
    request: PortalRequest, list_id: int, *, errors: list[str] | None = None
) -> HttpResponse:
    grid = open_grid(request.user, list_id, request.GET)
    shown = [column.field for column in grid.columns]
    hidden = [one for one in (*grid.schema.all_fields, *grid.extra) if one not in shown]
    context = {
        "list": grid.list_,
        "choices": [(field, True) for field in shown] + [(field, False) for field in hidden],
        "errors": errors,
    }
    return render(request, "lists/grid/columns.html", context, status=422 if errors else 200)


def listed(data: QueryDict, name: str) -> list[str]:
    """The values of a name that is repeated, or holds several with commas between them."""
    return [part for value in data.getlist(name) for part in value.split(",")]


@login_required
@require_POST
def widths(request: PortalRequest, list_id: int) -> HttpResponse:
    """`width` is `NAME:280,PRICE:120`."""
    asked = (item.rpartition(":") for item in listed(request.POST, "width"))
    sizes = {code: whole_number(size) for code, _colon, size in asked}
    known = {code: size for code, size in sizes.items() if size is not None}
    save_widths(list_id, known, actor=request.user)
    return HttpResponse(status=204)


@login_required
@require_POST
def page_size(request: PortalRequest, list_id: int) -> HttpResponse:
    save_page_size(list_id, whole_number(request.POST.get("size", "")) or 0, actor=request.user)
    return reload(drop="size page")
