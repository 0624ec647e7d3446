"""The pages of items in each shape: what stands around the table, the board and the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_link.kinds import Kind
from crm_link.scopes.idle import IDLE
from crm_link.selectors.stages import pipelines_of
from lists_core.grid.page import Grid
from lists_core.grid.scopes import Scope
from lists_core.models import ListPreference
from lists_core.shapes import TABLE, shapes

ADDRESSES: Mapping[str, str] = {
    TABLE: "crm_list",
    "kanban": "crm_kanban",
    "calendar": "crm_calendar",
}
"""Shape → the name of its page; a kind has those that its list has."""


def shape_url(kind: Kind, shape: str) -> str:
    return reverse(ADDRESSES[shape], args=[kind.slug])


def last_shape(kind: Kind, own: ListPreference) -> str:
    """The page that the person looked at last; the board where nothing was chosen."""
    chosen = str(own.looks.get("shape") or ("kanban" if kind.staged else TABLE))
    return shape_url(kind, chosen if chosen in ADDRESSES and chosen in shapes else TABLE)


def around_items(grid: Grid, kind: Kind, params: QueryDict, *, whole: bool) -> dict[str, Any]:
    """What stands above the items in every shape: the pipelines, and those without activities."""
    state = grid.state
    is_on = state.scope is not None and state.scope.text == IDLE
    idle = {"url": state.query(scope=None if is_on else Scope(IDLE)), "on": is_on}
    return {**pipeline_links(grid, kind, params, whole=whole), "idle": idle}


def pipeline_links(grid: Grid, kind: Kind, params: QueryDict, *, whole: bool) -> dict[str, Any]:
    """The choice of a pipeline above the items; with `whole` all of them may be shown at once."""
    if not kind.piped:
        return {}
    known = pipelines_of(grid.actor, grid.list_)
    current = str(grid.state.section or "")
    places = [("", _("All pipelines"))] if whole else []
    places += [(str(one.pk), one.name) for one in known]
    links = [
        {"name": name, "url": _with_section(params, key), "current": key == current}
        for key, name in places
    ]
    shown = next((name for key, name in places if key == current), _("Pipeline"))
    return {"pipelines": links, "pipeline": shown}


def _with_section(params: QueryDict, key: str) -> str:
    changed = params.copy()
    for name in ("page", "section", "sizes", "open"):
        changed.pop(name, None)
    if key or params.get("view", "0") != "0":  # a view may have a pipeline of its own
        changed["section"] = key
    return f"?{changed.urlencode()}"
