"""The panel of the filter: its rows are drawn here, so a new field type needs no script."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lists_core.access import Right
from lists_core.filters.tree import Group
from lists_core.grid.answers import show_state
from lists_core.grid.by_value import with_value
from lists_core.grid.drafts import Drafter, checked, filterable
from lists_core.grid.page import Grid, open_grid
from lists_core.grid.state import filter_text, whole_number
from lists_core.selectors.elements import access_element
from svod.base.errors import NotFound
from svod.base.htmx import toast
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def panel(request: PortalRequest, list_id: int) -> HttpResponse:
    """The panel for the address's filter; a POST applies `filter` (JSON) or shows its errors."""
    grid = open_grid(request.user, list_id, request.GET)
    if request.method == "GET":
        return show(request, grid, request.GET.get("filter", filter_text(grid.state.filter)))
    text = request.POST.get("filter", "")
    tree = checked(text, grid.schema)
    if tree is None:
        return show(request, grid, text, status=422)
    return show_state(grid.list_, grid.state.query(filter=tree))


def show(request: PortalRequest, grid: Grid, text: str, *, status: int = 200) -> HttpResponse:
    context = {
        "list": grid.list_,
        "group": Drafter(grid.schema, request.user).filter(text),
        "choices": filterable(grid.schema),
        "reset": grid.state.query(filter=Group(), q=""),
    }
    return render(request, "lists/grid/filter.html", context, status=status)


@login_required
@require_GET
def row(request: PortalRequest, list_id: int) -> HttpResponse:
    """One row of the panel for `field`, `op` and texts `value`; `n` makes its ids unique."""
    grid = open_grid(request.user, list_id, {})
    asked = request.GET
    draft = Drafter(grid.schema, request.user).condition(
        asked.get("field", ""),
        asked.get("op", ""),
        asked.getlist("value"),
        number=whole_number(asked.get("n", "")) or 0,
    )
    if draft is None:
        raise NotFound
    context = {"item": draft, "choices": filterable(grid.schema)}
    return render(request, "lists/grid/filter_row.html", context)


@login_required
@require_GET
def by_value(request: PortalRequest, list_id: int, element_id: int, code: str) -> HttpResponse:
    """Narrow the state in the address to the value of one cell."""
    grid = open_grid(request.user, list_id, request.GET)
    row = access_element(request.user, Right.VIEW, list_id, element_id)[2]
    field = grid.schema.get(code)
    if field is None:
        raise NotFound
    tree = with_value(grid.state.filter, grid.schema, field, row, actor=request.user)
    if tree is None:
        text = _("“%(field)s” cannot be filtered this way.") % {"field": field.name}
        toast(request, text, "warning")
        return HttpResponse(status=204)
    return show_state(grid.list_, grid.state.query(filter=tree))
