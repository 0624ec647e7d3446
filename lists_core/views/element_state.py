"""Where in a grid a person came from: the state that leads to the previous and next element."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from lists_core.access import Right, schema_for
from lists_core.element_page import grid_state
from lists_core.element_tabs import Target, open_target
from lists_core.grid.state import GridState, parse_state
from lists_core.selectors.elements import found, neighbours
from lists_core.selectors.lists import preference
from svod.base.http import PortalRequest

AROUND = 200
TIMEOUT_MS = 1000


@login_required
@require_GET
def element_neighbours(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """Buttons to the elements before and after, in the order of the grid."""
    target = open_target(request.user, Right.VIEW, list_id, element_id)
    params = grid_state(request, target.list)
    before, after = around(target, params)
    context = {
        "before": reverse("element", args=[list_id, before]) if before else "",
        "after": reverse("element", args=[list_id, after]) if after else "",
        "state": f"?{params.urlencode()}" if params else "",
        "drawer": request.GET.get("drawer") == "1",
    }
    return render(request, "lists/element/partials/neighbours.html", context)


def around(target: Target, params: QueryDict) -> tuple[int, int]:
    """Ids before and after; a list that sorts too slowly has no neighbours to offer.

    The order is the table's: fields that show to an element's author only are not in it.
    """
    schema = schema_for(target.actor, target.list)
    state = parse_state(params, schema, preference(target.actor, target.list))
    rows = found(schema, state.element_query(), actor=target.actor)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")
            return neighbours(near(rows, state), target.id, limit=state.size + 2 * AROUND)
    except OperationalError:
        return 0, 0


def near(rows: QuerySet, state: GridState) -> QuerySet:
    """The rows from a little before the grid's page on."""
    return rows[max(0, (state.page - 1) * state.size - AROUND) :]
