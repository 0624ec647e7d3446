"""Columns, their widths, the size of a page: a person's own, or those of the open view."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from lists_core.grid.answers import done_in_state, reload, show_state
from lists_core.grid.arranged import view_with_columns, view_with_widths
from lists_core.grid.page import open_grid
from lists_core.grid.state import whole_number
from lists_core.services.preferences import (
    PAGE_SIZES,
    reset_columns,
    save_columns,
    save_page_size,
    save_table_look,
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
    grid = open_grid(request.user, list_id, request.GET)
    try:
        if grid.state.view is not None:
            return done_in_state(grid.list_, view_with_columns(grid, request.POST))
        keep_own(request, list_id)
    except Invalid as error:
        return dialog(request, list_id, errors=error.errors[""])
    return reload(drop="columns pinned")


def keep_own(request: PortalRequest, list_id: int) -> None:
    """`column` and `pin` are codes; `pins` says that the dialog asked for the latter."""
    if "reset" in request.POST:
        reset_columns(list_id, actor=request.user)
        return
    save_columns(list_id, listed(request.POST, "column"), actor=request.user)
    if "pins" in request.POST:
        save_table_look(list_id, actor=request.user, pinned=listed(request.POST, "pin"))


def dialog(
    request: PortalRequest, list_id: int, *, errors: list[str] | None = None
) -> HttpResponse:
    grid = open_grid(request.user, list_id, request.GET)
    shown = [column.field for column in grid.columns]
    pinned = {column.code for column in grid.columns if column.pinned}
    hidden = [one for one in (*grid.schema.all_fields, *grid.extra) if one not in shown]
    context = {
        "list": grid.list_,
        "choices": [(field, True) for field in shown] + [(field, False) for field in hidden],
        "pinned": pinned,
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
    grid = open_grid(request.user, list_id, request.GET)
    if grid.state.view is not None:
        return show_state(grid.list_, view_with_widths(grid, known), history="replace")
    save_widths(list_id, known, actor=request.user)
    return HttpResponse(status=204)


@login_required
@require_POST
def page_size(request: PortalRequest, list_id: int) -> HttpResponse:
    size = whole_number(request.POST.get("size", "")) or 0
    grid = open_grid(request.user, list_id, request.GET)
    if grid.state.view is not None and size in PAGE_SIZES:
        return show_state(grid.list_, grid.state.query(size=size))
    save_page_size(list_id, size, actor=request.user)
    return reload(drop="size page")
