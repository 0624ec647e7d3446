"""Items as a table, as a board and in a calendar; the last shape is remembered."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from crm_link.access import may_manage_crm
from crm_link.kinds import Kind
from crm_link.selectors.kinds import list_of
from crm_link.shapes import around_items, last_shape
from lists_core.access import Right
from lists_core.boards.board import open_board
from lists_core.boards.page import whole_board
from lists_core.calendar_page import whole_calendar
from lists_core.calendars import open_calendar
from lists_core.grid.page import Grid
from lists_core.grid.whole import whole_grid
from lists_core.selectors.lists import access_list, preference
from lists_core.services.preferences import remember_look
from svod.base.htmx import go_to, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_GET
def items(request: PortalRequest, kind: Kind) -> HttpResponse:
    """To the shape that the person chose last."""
    list_ = access_list(request.user, Right.VIEW, list_of(kind).pk)
    return go_to(request, last_shape(kind, preference(request.user, list_)))


@login_required
@require_GET
def table(request: PortalRequest, kind: Kind) -> HttpResponse:
    """The table in the state that the address holds."""

    def around(grid: Grid) -> dict[str, Any]:
        remember_look(grid.preference, {"shape": "table"})
        return {**around_items(grid, kind, request.GET, whole=True), "sections": None}

    return whole_grid(request, list_of(kind).pk, "crm/list.html", around)


@login_required
@require_GET
def kanban(request: PortalRequest, kind: Kind) -> HttpResponse:
    """The board: a lane for each stage of a pipeline, or for each option of another choice."""
    opened = open_board(request.user, list_of(kind).pk, request.GET)
    grid, section = opened.grid, opened.grid.state.section
    remember_look(grid.preference, {"shape": "kanban", "section": section})
    links = around_items(grid, kind, request.GET, whole=False)
    if kind.piped and not wants_fragment(request) and may_manage_crm(request.user):
        links["pipelines_settings"] = (
            f"{reverse('crm_stages', args=[kind.slug])}?pipeline={section}"
        )
    return whole_board(request, opened, "crm/kanban.html", links)


@login_required
@require_GET
def calendar(request: PortalRequest, kind: Kind) -> HttpResponse:
    """The items on the days of one of their dates."""
    opened = open_calendar(request.user, list_of(kind).pk, request.GET)
    remember_look(opened.grid.preference, {"shape": "calendar"})
    links = around_items(opened.grid, kind, request.GET, whole=True)
    return whole_calendar(request, opened, "crm/calendar.html", links)
