"""The page of a list: its elements as a table."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from lists_core.grid.page import open_grid
from lists_core.grid.whole import grid_context, grouped
from svod.base.htmx import render_page, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_GET
def grid(request: PortalRequest, list_id: int) -> HttpResponse:
    """The grid in the state that the address holds."""
    opened = open_grid(request.user, list_id, request.GET)
    if opened.list_.system and not wants_fragment(request):  # it has a page of its own
        return redirect(f"{opened.list_.get_absolute_url()}?{request.GET.urlencode()}")
    closed = request.COOKIES.get("tree") == "closed"
    context = {**grid_context(opened), "tree_closed": closed}
    return render_page(request, "lists/grid/grid.html", context)


@login_required
@require_GET
def count(request: PortalRequest, list_id: int) -> HttpResponse:
    """The exact number of elements found, for whoever clicked on "10 000+"."""
    found = open_grid(request.user, list_id, request.GET).found.order_by().count()
    return HttpResponse(grouped(found))
