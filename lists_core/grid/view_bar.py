"""The row above a table: the saved views that the person may open, and what is done with one."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from lists_core.grid.opened_view import PLAIN
from lists_core.grid.page import Grid, open_grid
from lists_core.grid.state import GridState, Params
from lists_core.models import ListView
from lists_core.selectors.views import views_in_order
from staff.models import Employee


@dataclass(frozen=True)
class Tab:
    """One view; `kind` is of ListView.Kind, "" for the list without a view."""

    pk: int
    name: str | Promise
    query: str
    current: bool
    kind: str = ""
    kind_label: str | Promise = ""


@dataclass(frozen=True)
class ViewBar:
    """`back` is the view as it was saved; `urls` are addresses of what may be done with it."""

    tabs: list[Tab]
    plain_query: str
    current: Tab | None
    changed: bool
    back: str
    urls: dict[str, str] = field(default_factory=dict)


def view_bar(grid: Grid) -> ViewBar:
    """One query, whatever the number of views."""
    state = grid.state
    found = views_in_order(grid.actor, grid.list_, grid.preference)
    tabs = [_tab(view, state) for view in found]
    current = next((tab for tab in tabs if tab.current), None)
    plain = view_query(state, None)
    return ViewBar(
        tabs=tabs,
        plain_query=plain,
        current=current,
        changed=state.is_changed,
        back=current.query if current else plain,
        urls=_urls(grid),
    )


def _tab(view: ListView, state: GridState) -> Tab:
    is_open = state.view is not None and state.view.pk == view.pk
    query = view_query(state, view.pk)
    return Tab(view.pk, view.name, query, is_open, view.kind, view.kind_label)


def view_query(state: GridState, pk: int | None) -> str:
    """The address of a view as it was saved, in the same part of the list; None: of no view."""
    scope = {"scope": state.scope.text} if state.scope else {}
    view = str(pk) if pk else (PLAIN if state.has_default else "")
    return f"?{urlencode({**scope, **({'view': view} if view else {})})}"


def _urls(grid: Grid) -> dict[str, str]:
    pk, state = grid.list_.pk, grid.state
    query = state.query(page=state.page)
    urls = {
        "add": reverse("list_view_add", args=[pk]) + query,
        "order": reverse("list_views", args=[pk]),
        "look": reverse("list_look", args=[pk]) + query,
        "group": reverse("list_group", args=[pk]) + query,
    }
    if state.view and state.view.may_change:
        place = [pk, state.view.pk]
        urls["save"] = reverse("list_view_save", args=place) + query
        urls["edit"] = reverse("list_view_edit", args=place)
        urls["delete"] = reverse("list_view_delete", args=place)
    return urls


def open_with_default(actor: Employee, list_id: int, params: Params) -> Grid:
    """The grid of an address; of one that says nothing of a state with the list's default view,
    in every shape of the list. Raises NotFound."""
    opened = open_grid(actor, list_id, params)
    asked = {"view", *GridState().plain()} & set(params)
    default = 0 if asked else opened.list_.default_view_id or 0
    return open_grid(actor, list_id, {**params, "view": str(default)}) if default else opened
