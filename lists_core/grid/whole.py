"""Everything that the page of a table shows, for the page of a list and those of upper apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import number_format

from lists_core.access import Right
from lists_core.filters.tree import Group
from lists_core.grid.answers import link_if
from lists_core.grid.cells import element_pattern
from lists_core.grid.chips import chips_of
from lists_core.grid.extra import shown_actions
from lists_core.grid.foot import foot_of, menu_labels
from lists_core.grid.groups import GroupedPage, draw_page, grouped_page
from lists_core.grid.page import Grid, Page, page_of
from lists_core.grid.pager import pager
from lists_core.grid.tree import section_tree
from lists_core.grid.view_bar import open_with_default, view_bar
from lists_core.services.preferences import PAGE_SIZES
from lists_core.shapes import TABLE, shape_links
from svod.base.htmx import render_page
from svod.base.http import PortalRequest


def whole_grid(
    request: PortalRequest,
    list_id: int,
    template: str = "lists/grid/grid.html",
    more: Callable[[Grid], Mapping[str, Any]] | None = None,
) -> HttpResponse:
    """The table in the state that the address holds, with what `more` adds. Raises NotFound."""
    opened = open_page(request, list_id)
    closed = request.COOKIES.get("tree") == "closed"
    added = more(opened) if more else {}
    context = {**grid_context(opened), "tree_closed": closed, **added}
    return render_page(request, template, context)


def open_page(request: PortalRequest, list_id: int) -> Grid:
    """The grid of an address; of one without a state with the list's default view."""
    return open_with_default(request.user, list_id, request.GET)


def grid_context(opened: Grid) -> dict[str, Any]:
    page = grouped_page(opened) if opened.state.grouped.levels else page_of(opened)
    state = page.state
    shown = opened if state is opened.state else replace(opened, state=state)
    return {
        "list": opened.list_,
        "grid": shown,
        "state": state,
        "page": page,
        "columns": shown.columns,
        "rows": draw_page(shown, page),
        "level": page.level if isinstance(page, GroupedPage) else None,
        "foot": foot_of(shown, page),
        "total_labels": menu_labels(),
        "editable": shown.editable_codes(),
        "lead_width": LEAD_WIDTH,
        "table_width": LEAD_WIDTH + sum(column.width for column in shown.columns),
        "pinned_number": sum(column.pinned for column in shown.columns),
        "views": view_bar(shown),
        "chips": chips_of(shown),
        "sections": section_tree(shown),
        "sizes": PAGE_SIZES,
        "pages": pager(page),
        **counts(opened, page),
        **links(shown, page),
    }


LEAD_WIDTH = 72


def counts(opened: Grid, page: Page) -> dict[str, Any]:
    own = reverse("list_count", args=[opened.list_.pk])
    return {"count_text": grouped(page.count.number), "count_url": own + page.state.query()}


def links(opened: Grid, page: Page) -> dict[str, Any]:
    """Addresses around the grid; "" where the person or the installation has no such page."""
    state = page.state
    codes = tuple(column.code for column in opened.columns)
    actions = shown_actions(opened.actor, opened.list_)
    frame = frame_links(opened)
    may = frame["may"]
    return {
        "may_bulk": may["change"] or may["delete"] or bool(actions),
        "bulk_actions": actions,
        "reset": state.query(filter=Group(), q=""),
        "no_search": state.query(q=""),
        "no_sort": state.query(sort=()),
        "no_groups": state.query(grouped=replace(state.grouped, levels=()), kept=()),
        "element_pattern": element_pattern(opened.list_),
        "link": state.query(columns=codes, page=state.page),
        "shapes": shape_links(opened.list_, opened.schema, state, TABLE),
        **frame,
    }


def shape_frame(opened: Grid) -> dict[str, Any]:
    """The same for shapes that offer less than the table; each right asked for costs queries."""
    pk = opened.list_.pk
    asked = (Right.ADD, Right.CHANGE, Right.FULL)
    may = {right.name.lower(): opened.may(right) for right in asked}
    links = {
        "add": link_if("element_add", pk) if may["add"] else "",
        "settings": link_if("list_settings", pk) if may["full"] else "",
    }
    return {"may": may, "links": links}


def frame_links(opened: Grid) -> dict[str, Any]:
    """What the person may do with the list, and the addresses of that."""
    pk, scope = opened.list_.pk, opened.state.scope
    may = {right.name.lower(): opened.may(right) for right in Right}
    may_fill = (may["add"] or may["change"]) and not scope
    inside = f"?{urlencode({'scope': scope.text})}" if scope else ""
    return {
        "may": may,
        "links": {
            "add": link_if("element_add", pk) + inside if may["add"] else "",
            "import": link_if("list_import", pk) if may_fill else "",
            "export": link_if("list_export", pk),
            "report": link_if("report_add", pk),
            "settings": link_if("list_settings", pk) if may["full"] else "",
            "access": link_if("list_access", pk) if may["access"] and not may["full"] else "",
            "sections": link_if("sections", pk),
            "feed": link_if("list_feed", pk),
            "bin": link_if("elements_bin", pk) if may["delete"] else "",
        },
    }


def grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
