"""Items as a table, as a board and in a calendar; the last shape is remembered."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from crm_link.access import may_manage_crm
from crm_link.kinds import Kind
from crm_link.selectors.kinds import list_of
from crm_link.shapes import last_shape, pipeline_links, with_pipeline
from lists_core.access import Right
from lists_core.boards.board import open_board
from lists_core.boards.page import whole_board
from lists_core.grid.whole import whole_grid
from lists_core.selectors.lists import access_list, preference
from lists_core.services.preferences import remember_look
from svod.base.errors import NotFound
from svod.base.htmx import go_to
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
    list_ = access_list(request.user, Right.VIEW, list_of(kind).pk)
    remember_look(preference(request.user, list_), {"shape": "table"})
    links = pipeline_links(request.user, kind, list_, request.GET, whole=True)
    return whole_grid(request, list_.pk, "crm/list.html", {**links, "sections": None})


@login_required
@require_GET
def kanban(request: PortalRequest, kind: Kind) -> HttpResponse:
    """The board: a lane for each stage of a pipeline."""
    if not kind.staged:
        raise NotFound
    list_ = access_list(request.user, Right.VIEW, list_of(kind).pk)
    params = with_pipeline(request.user, kind, list_, request.GET, preference(request.user, list_))
    opened = open_board(request.user, list_.pk, params)
    remember_look(opened.grid.preference, {"shape": "kanban", "section": opened.grid.state.section})
    links = pipeline_links(request.user, kind, list_, params, whole=False)
    if links and may_manage_crm(request.user):
        section = opened.grid.state.section
        links["pipelines_settings"] = (
            f"{reverse('crm_stages', args=[kind.slug])}?pipeline={section}"
        )
    return whole_board(request, opened, "crm/kanban.html", links)
