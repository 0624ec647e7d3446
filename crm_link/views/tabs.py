"""Lists in the cards of items: the tab, its table, the row of tabs, the figures."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from crm_link.card import card_row
from crm_link.kinds import Kind
from crm_link.refs import CrmRef
from crm_link.scopes.bound import scope_text
from crm_link.selectors.figures import summaries
from crm_link.selectors.items import open_item
from crm_link.selectors.tabs import BoundList, bound_list
from crm_link.tabs.lists import tab_slug
from lists_core.access import Right
from lists_core.element_page import element_page
from lists_core.element_tabs import Target
from lists_core.grid.page import open_grid
from lists_core.grid.whole import grid_context
from svod.base.errors import NotFound
from svod.base.http import PortalRequest


@login_required
@require_GET
def list_tab(request: PortalRequest, kind: Kind, element_id: int, list_id: int) -> HttpResponse:
    """A list as a tab: its elements that are bound to the item, as the whole table of the list."""
    target, bound = opened(request, kind, element_id, list_id)
    table = render_to_string("crm/tabs/table.html", table_of(request, target, kind, bound), request)
    # The address speaks of the list's table, not of the table where the item stands.
    context = {"table": SafeString(table), "state": ""}
    return element_page(request, target, tab_slug(bound.list), "crm/tabs/list.html", context)


@login_required
@require_GET
def list_rows(request: PortalRequest, kind: Kind, element_id: int, list_id: int) -> HttpResponse:
    """The table's part that changes with its state."""
    target, bound = opened(request, kind, element_id, list_id)
    context = table_of(request, target, kind, bound)
    return render(request, "lists/grid/partials/grid.html", context)


def opened(
    request: PortalRequest, kind: Kind, element_id: int, list_id: int
) -> tuple[Target, BoundList]:
    """Raises NotFound when the person sees no such item or no such tab of it."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    bound = bound_list(request.user, kind, list_id)
    if bound is None:
        raise NotFound
    return target, bound


def table_of(
    request: PortalRequest, target: Target, kind: Kind, bound: BoundList
) -> dict[str, Any]:
    """The grid in the state of the address, confined to the item whatever the address says."""
    scope = scope_text(CrmRef(kind.slug, target.id))
    grid = open_grid(request.user, bound.list.pk, request.GET, scope=scope)
    place = [kind, target.id, bound.list.pk]
    return {
        **grid_context(grid),
        "tree_closed": request.COOKIES.get("tree") == "closed",
        "sub": f"-{bound.list.pk}",
        "page_url": reverse("crm_card_list", args=place),
        "rows_url": reverse("crm_card_list_rows", args=place),
    }


@login_required
@require_GET
def tab_row(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """The row of tabs anew, with the numbers that the card did not wait for."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    context = card_row(target, request.GET.get("tab", ""), later=True)
    drawer = request.GET.get("drawer") == "1"
    return render(request, "crm/card/tabs.html", {**context, "drawer": drawer})


@login_required
@require_GET
def figures(request: PortalRequest, kind: Kind, element_id: int) -> HttpResponse:
    """What the card tells of the lists that are bound to its item."""
    target = open_item(request.user, Right.VIEW, kind, element_id)
    told = summaries(request.user, kind, CrmRef(kind.slug, target.id))
    context = {"summaries": told, "kind": kind, "row": target.row}
    return render(request, "crm/tabs/figures.html", context)
