"""A list in a calendar: the page, its events, and elements dragged to another day."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.access import Right, schema_for
from lists_core.calendar_page import whole_calendar
from lists_core.calendars import CALENDAR, LONGEST, open_calendar
from lists_core.selectors.elements import access_element
from lists_core.services.boards import move_card
from lists_core.services.values import reasons
from svod.base.dates import asked_span
from svod.base.errors import Conflict, Forbidden, Invalid
from svod.base.htmx import toast, wants_fragment
from svod.base.http import PortalRequest


@login_required
@require_GET
def calendar(request: PortalRequest, list_id: int) -> HttpResponse:
    """The calendar in the state that the address holds."""
    opened = open_calendar(request.user, list_id, request.GET)
    if opened.grid.list_.system and not wants_fragment(request):  # it has a page of its own
        return redirect(f"{CALENDAR.url(opened.grid.list_)}?{request.GET.urlencode()}")
    return whole_calendar(request, opened)


@login_required
@require_GET
def events(request: PortalRequest, list_id: int) -> JsonResponse:
    """The elements between `start` and `end` (ISO) that the state finds."""
    opened = open_calendar(request.user, list_id, request.GET)
    start, end = asked_span(request.GET, LONGEST)
    return JsonResponse({"events": opened.events(opened.between(start, end))})


@login_required
@require_POST
def move(request: PortalRequest, list_id: int, element_id: int) -> HttpResponse:
    """The element's date becomes `start`: 204, or 409 when it stays, with a toast."""
    opened = open_calendar(request.user, list_id, request.GET)
    _list, _schema, row = access_element(request.user, Right.CHANGE, list_id, element_id)
    if opened.is_fixed:
        raise Forbidden
    try:
        value = opened.by.from_json(request.POST.get("start", ""))
        if value is None:
            raise ValidationError(_("Enter a date."))
        move_card(list_id, element_id, opened.by.code, value, actor=request.user)
    except ValidationError as error:
        toast(request, " ".join(error.messages), "error")
        return HttpResponse(status=409)
    except (Invalid, Conflict) as error:
        toast(request, reasons(schema_for(request.user, opened.grid.list_, row), error), "error")
        return HttpResponse(status=409)
    return HttpResponse(status=204)
