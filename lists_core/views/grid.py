"""The page of a list: its elements as a table."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lists_core.grid.as_json import page_as_json
from lists_core.grid.page import open_grid, page_of
from lists_core.grid.patience import exact_count
from lists_core.grid.whole import grid_context, grouped, open_page
from lists_core.selectors.fence import TooSlow
from svod.base.htmx import render_page, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_GET
def grid(request: PortalRequest, list_id: int) -> HttpResponse:
    """The grid in the state that the address holds."""
    opened = open_page(request, list_id)
    if opened.list_.system and not wants_fragment(request):  # it has a page of its own
        return redirect(f"{opened.list_.get_absolute_url()}?{request.GET.urlencode()}")
    closed = request.COOKIES.get("tree") == "closed"
    context = {**grid_context(opened), "tree_closed": closed}
    return render_page(request, "lists/grid/grid.html", context)


@login_required
@require_GET
def count(request: PortalRequest, list_id: int) -> HttpResponse:
    """The exact number of elements found, for whoever clicked on "10 000+"."""
    opened = open_grid(request.user, list_id, request.GET)
    try:
        return HttpResponse(grouped(exact_count(opened)))
    except TooSlow:
        return HttpResponse(_("too many to count"))


@login_required
@require_GET
def data(request: PortalRequest, list_id: int) -> JsonResponse:
    """The same page as JSON, for programs, or with `after` what comes behind a place: see
    `page_as_json`. 503 for what takes too long, 404 for what is no place of this sort."""
    opened = open_grid(request.user, list_id, request.GET)
    page = page_of(opened, request.GET.get("after", ""))
    if page.too_slow:
        return JsonResponse({"error": page.too_slow}, status=503)
    return JsonResponse(page_as_json(opened, page))
