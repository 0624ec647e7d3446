"""A grouped table: the choice of its levels, what is in a group, the totals at the foot."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lists_core.grid.answers import done_in_state
from lists_core.grid.foot import whole_foot
from lists_core.grid.grouped import MOST_LEVELS, with_levels
from lists_core.grid.groups import draw_inside, draw_too_slow, read_path
from lists_core.grid.page import Grid, open_grid
from lists_core.grid.state import MAX_PAGE, whole_number
from lists_core.reports.question import group_choices
from lists_core.selectors.fence import TooSlow
from svod.base.errors import NotFound
from svod.base.http import PortalRequest


@login_required
@require_GET
def groups(request: PortalRequest, list_id: int) -> HttpResponse:
    """Rows below the group that `path` leads to, of the page `part`, of elements those `after` a
    place; without a path of the first level, or of a table without groups."""
    grid = open_grid(request.user, list_id, request.GET)
    path = read_path(request.GET.get("path", ""), grid)
    number = whole_number(request.GET.get("part", "1")) or 0
    if not 1 <= number < MAX_PAGE:
        raise NotFound
    try:
        return HttpResponse(draw_inside(grid, path, number, request.GET.get("after", "")))
    except TooSlow:
        return HttpResponse(draw_too_slow(grid, path))


@login_required
@require_GET
def totals(request: PortalRequest, list_id: int) -> HttpResponse:
    """The foot with its totals, for a page that did not wait for them."""
    grid = open_grid(request.user, list_id, request.GET)
    return HttpResponse(whole_foot(grid))


@login_required
@require_http_methods(["GET", "POST"])
def grouping(request: PortalRequest, list_id: int) -> HttpResponse:
    """The dialog: `by` are codes of groupings, `turned` says of each whether its groups stand in
    the order turned round."""
    grid = open_grid(request.user, list_id, request.GET)
    if request.method == "GET":
        return dialog(request, grid)
    turned = [text == "1" for text in request.POST.getlist("turned")]
    chosen = list(zip(request.POST.getlist("by"), turned, strict=False))
    grouped = with_levels(grid.state.grouped, chosen[:MOST_LEVELS], grid.schema)
    asked = {code for code, _turned in chosen if code}
    if {by.code for by, _turned in grouped.levels} != asked:
        return dialog(request, grid, error=_("One of the fields is not there any more."))
    return done_in_state(grid.list_, grid.state.query(grouped=grouped, kept=()))


def dialog(request: PortalRequest, grid: Grid, *, error: str = "") -> HttpResponse:
    levels: list[Any] = [(by.code, turned) for by, turned in grid.state.grouped.levels]
    context = {
        "list": grid.list_,
        "levels": [*levels, *[("", False)] * (MOST_LEVELS - len(levels))],
        "choices": group_choices(grid.schema),
        "error": error,
    }
    return render(request, "lists/grid/group.html", context, status=422 if error else 200)
