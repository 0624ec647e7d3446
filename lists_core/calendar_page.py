"""Everything that the page of a calendar shows, for the page of a list and those of upper apps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from lists_core.calendars import CALENDAR, ListCalendar, dated_fields
from lists_core.filters.tree import Group
from lists_core.grid.chips import chips_of
from lists_core.grid.whole import shape_frame
from lists_core.services.preferences import remember_look
from lists_core.shapes import shape_links
from svod.base.htmx import render_page
from svod.base.http import PortalRequest


def whole_calendar(
    request: PortalRequest,
    opened: ListCalendar,
    template: str = "lists/calendar/calendar.html",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The calendar; the field chosen in the address is remembered."""
    if request.GET.get("by"):
        remember_look(opened.grid.preference, {"calendar": {"by": opened.by.code}})
    return render_page(request, template, {**_context(opened), **(more or {})})


def _context(opened: ListCalendar) -> dict[str, Any]:
    grid, list_, state = opened.grid, opened.grid.list_, opened.grid.state
    return {
        "list": list_,
        "calendar": opened,
        "state": state,
        "query": state.query(),
        "chips": chips_of(grid),
        "choices": dated_fields(grid.schema),
        "coming": opened.events(opened.coming()),
        "shapes": shape_links(list_, grid.schema, state, "calendar"),
        "page_url": CALENDAR.url(list_),
        "events_url": reverse("list_calendar_events", args=[list_.pk]),
        "reset": state.query(filter=Group(), q=""),
        "no_search": state.query(q=""),
        **shape_frame(grid),
    }
