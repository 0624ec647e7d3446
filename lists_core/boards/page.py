"""Everything that the page of a board shows, for the page of a list and those of upper apps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lists_core.boards.board import Board, ShownLane, lane_sizes
from lists_core.boards.kinds import LanePlan, board_fields
from lists_core.boards.sorting import sort_choices, sort_label
from lists_core.filters.tree import Group
from lists_core.grid.cells import element_pattern
from lists_core.grid.chips import chips_of
from lists_core.grid.patience import advice
from lists_core.grid.state import sort_text
from lists_core.grid.whole import shape_frame
from lists_core.selectors.fence import TooSlow
from lists_core.services.preferences import remember_look
from lists_core.services.watching import watch
from lists_core.shapes import Shape, shape_links, shapes
from svod.base.htmx import render_page
from svod.base.http import PortalRequest

KANBAN = Shape(
    "kanban",
    _("Kanban"),
    "layout-kanban",
    "list_kanban",
    lambda schema: bool(board_fields(schema)),
    order=10,
)
shapes.register(KANBAN)


def whole_board(
    request: PortalRequest,
    opened: Board,
    template: str = "lists/board/board.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The board, or what to do about one that takes too long; what the person chose in the
    address is remembered."""
    keep(opened, request)
    watch(opened.grid.list_, request.user)
    lanes = _lanes(opened, lane_sizes(request.GET.get("sizes", "")))
    return render_page(request, template, {**board_context(opened), **lanes, **(more or {})})


def _lanes(opened: Board, sizes: Mapping[str, int]) -> dict[str, Any]:
    try:
        return {"lanes": opened.shown(sizes)}
    except TooSlow:
        return {"too_slow": advice(opened.grid)}


def next_cards(opened: Board, plan: LanePlan, below: int) -> dict[str, Any]:
    """Those of the lane after an element; where it takes too long it may be tried again. Raises
    NotFound."""
    try:
        return {**board_context(opened), "lane": opened.more(plan, below)}
    except TooSlow:
        again = ShownLane(plan, 0, (), SafeString(""), 0, below=below)
        return {**board_context(opened), "lane": again, "too_slow": advice(opened.grid)}


def keep(opened: Board, request: PortalRequest) -> None:
    chosen: dict[str, Any] = {"by": opened.by.code} if request.GET.get("by") else {}
    if request.GET.get("open"):
        chosen["open"] = dict(opened.opened)
    if chosen:
        remember_look(opened.grid.preference, {"kanban": chosen})


def board_context(opened: Board) -> dict[str, Any]:
    grid, list_ = opened.grid, opened.grid.list_
    state = grid.state
    query = state.query()
    return {
        "list": list_,
        "board": opened,
        "state": state,
        "query": query,
        "joint": "&" if len(query) > 1 else "",
        "chips": chips_of(grid),
        "sort": sort_text(state.sort),
        "sort_label": sort_label(opened),
        "sorts": partial(sort_choices, opened),  # read by the whole page alone
        "choices": board_fields(opened.schema) if not opened.kind.slug else (),
        "more_url": reverse("list_kanban_more", args=[list_.pk]),
        "add_url": reverse("list_kanban_add", args=[list_.pk]),
        "shapes": shape_links(list_, opened.schema, state, "kanban"),
        "page_url": KANBAN.url(list_),
        "element_pattern": element_pattern(list_),
        "link": query,
        "reset": state.query(filter=Group(), q=""),
        "no_search": state.query(q=""),
        "no_sort": state.query(sort=()),
        **shape_frame(grid),
    }
