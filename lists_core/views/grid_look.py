"""How a table looks: the height of its rows, and conditions that colour them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lists_core.grid.answers import done_in_state
from lists_core.grid.drafts import Drafter, filterable
from lists_core.grid.look import HEIGHTS, MOST_RULES, json_of, parse_colors
from lists_core.grid.page import Grid, open_grid
from lists_core.services.preferences import save_table_look
from svod.base.errors import Invalid
from svod.base.http import PortalRequest
from svod.base.looks import TONES

Raw = list[dict[str, Any]]


@login_required
@require_http_methods(["GET", "POST"])
def look(request: PortalRequest, list_id: int) -> HttpResponse:
    """The height is the view's where one is open, else the person's own; colours stand in the
    address until a view keeps them."""
    grid = open_grid(request.user, list_id, request.GET)
    if request.method == "GET":
        rules = [rule.to_json() for rule in grid.state.look.colors]
        return dialog(request, grid, rules, grid.height)
    raw, height = sent(request), request.POST.get("height", "")
    try:
        colors = parse_colors(json.dumps(raw) if raw else "", grid.schema)
    except Invalid as error:
        return dialog(
            request, grid, raw, height, error=str(error) or " ".join(error.errors["colors"])
        )
    if height not in HEIGHTS:
        return dialog(request, grid, raw, height, error=_("There is no such height of rows."))
    if grid.state.view is None:
        save_table_look(list_id, actor=request.user, height=height)
        height = ""
    changed = replace(grid.state.look, colors=colors, height=height)
    return done_in_state(grid.list_, grid.state.query(look=changed, page=grid.state.page))


def sent(request: PortalRequest) -> Raw:
    """`tone` and `tree` (a filter as JSON), repeated in pairs."""
    pairs = zip(request.POST.getlist("tone"), request.POST.getlist("tree"), strict=False)
    return [{"tone": tone, "filter": json_of(tree)} for tone, tree in pairs]


def dialog(
    request: PortalRequest, grid: Grid, rules: Raw, height: str, *, error: str = ""
) -> HttpResponse:
    drafter = Drafter(grid.schema, request.user)
    texts = [(str(rule["tone"]), json.dumps(rule["filter"] or {})) for rule in rules[:MOST_RULES]]
    context = {
        "list": grid.list_,
        "height": height,
        "heights": HEIGHTS.items(),
        "tones": TONES.items(),
        "rules": [(tone, text, drafter.filter(text)) for tone, text in texts],
        "most": MOST_RULES,
        "choices": filterable(grid.schema),
        "error": error,
    }
    return render(request, "lists/grid/look.html", context, status=422 if error else 200)
