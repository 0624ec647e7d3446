"""The calendar of deadlines, and its address for calendar programs."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from svod.base.dates import asked_span
from svod.base.htmx import toast
from svod.base.http import PortalRequest
from workflows.models import CalendarFeed
from workflows.selectors.calendars import calendar_text, feed_of
from workflows.selectors.tasks import deadlines
from workflows.services.calendars import new_feed, note_read, revoke_feed

LONGEST = timedelta(days=400)
MOST = 1000
NEXT = 20
CACHED = 300


@login_required
@require_GET
def calendar(request: PortalRequest) -> HttpResponse:
    """Without the script: the next deadlines as a list."""
    return render(request, "workflows/tasks/calendar.html", calendar_context(request))


def calendar_context(request: PortalRequest) -> dict[str, object]:
    now = timezone.now()
    return {
        "coming": deadlines(request.user, now, now + LONGEST)[:NEXT],
        "feed": CalendarFeed.objects.filter(employee=request.user).first(),
    }


@login_required
@require_GET
def events(request: PortalRequest) -> JsonResponse:
    """Deadlines between `start` and `end` (ISO), for the calendar on the page."""
    start, end = asked_span(request.GET, LONGEST)
    now = timezone.now()
    rows = deadlines(request.user, start, end)[:MOST]
    found = [
        {
            "id": task.pk,
            "title": task.title,
            "start": timezone.localtime(task.deadline).isoformat(),
            "url": reverse("task", args=[task.pk]),
            "state": "late" if task.is_late(now) else "open" if task.is_open else "done",
        }
        for task in rows
    ]
    return JsonResponse({"events": found})


@login_required
@require_POST
def feed_new(request: PortalRequest) -> HttpResponse:
    """The address is in this answer alone."""
    token = new_feed(actor=request.user)
    address = request.build_absolute_uri(reverse("calendar_feed", args=[token]))
    context = {**calendar_context(request), "address": address}
    response = render(request, "workflows/tasks/calendar.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def feed_revoke(request: PortalRequest) -> HttpResponse:
    revoke_feed(actor=request.user)
    toast(request, _("The address does not work any more."))
    return redirect("tasks_calendar")


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file; a program that has it already is told so by its ETag."""
    found = feed_of(token)
    if found is None:
        raise Http404
    person = found.employee
    portal = settings.PORTAL_URL or request.build_absolute_uri("/")
    with translation.override(person.language), timezone.override(person.time_zone):
        content = calendar_text(person, portal=portal.rstrip("/"))
    note_read(found)
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={CACHED}"
    return response
