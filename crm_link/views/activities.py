"""Activities: one's own page, and what is done with one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from crm_link.activity_kinds import ICONS
from crm_link.kinds import kinds
from crm_link.models import Activity
from crm_link.selectors.activities import (
    Item,
    buckets,
    due_between,
    due_count,
    idle_items,
    people_of,
)
from svod.base.dates import asked_span
from svod.base.htmx import render_page
from svod.base.http import PortalRequest

LONGEST = timedelta(days=400)
WHOSE = {"mine": gettext_lazy("Mine"), "team": gettext_lazy("Of my people")}
LABELS = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "later": gettext_lazy("Later"),
    "undated": gettext_lazy("Without a deadline"),
}


@login_required
@require_GET
def activities(request: PortalRequest) -> HttpResponse:
    """What is to be done, by when: one's own, or of the people one is above."""
    whose, people = asked(request)
    now = timezone.now()
    found = buckets(request.user, people, now)
    context = {
        **frame(request, whose, "list"),
        "buckets": [
            {"slug": one.slug, "label": LABELS[one.slug], "items": drawn(one.items)}
            for one in found
            if one.items
        ],
        "idle": [
            {"name": name, "url": reverse("crm_card", args=[slug, pk]), "kind": kinds.get(slug)}
            for slug, pk, name in (idle_items(request.user) if whose == "mine" else ())
        ],
        "now": now,
    }
    return render_page(request, "crm/activities/list.html", context)


def drawn(items: Any) -> list[dict[str, Any]]:
    return [{"item": one, "row": one.row, "icon": ICONS[Activity.Kind(one.row.kind)]}
            for one in items]  # fmt: skip


def asked(request: PortalRequest) -> tuple[str, set[int]]:
    """Whose activities: the team's only for who has one."""
    if request.GET.get("whose") == "team":
        team = people_of(request.user, "team")
        if team:
            return "team", team
    return "mine", people_of(request.user, "mine")


def frame(request: PortalRequest, whose: str, view: str) -> dict[str, Any]:
    has_team = whose == "team" or bool(people_of(request.user, "team"))
    here = reverse("crm_activities" if view == "list" else "crm_activities_calendar")
    tabs = [
        {"label": label, "url": f"{here}?whose={slug}", "current": slug == whose}
        for slug, label in WHOSE.items()
    ]
    return {"whose": whose, "tabs": tabs if has_team else [], "view": view}


@login_required
@require_GET
def count(request: PortalRequest) -> HttpResponse:
    """The number beside the menu's entry."""
    return render(request, "components/shell/count.html", {"count": due_count(request.user)})


@login_required
@require_GET
def calendar(request: PortalRequest) -> HttpResponse:
    """The same by days; without the script the next ones as a list."""
    whose, people = asked(request)
    now = timezone.now()
    coming = due_between(request.user, people, now, now + LONGEST)[:20]
    context = {**frame(request, whose, "calendar"), "coming": drawn(coming)}
    return render_page(request, "crm/activities/calendar.html", context)


@login_required
@require_GET
def events(request: PortalRequest) -> JsonResponse:
    """Those between `start` and `end` (ISO), for the calendar on the page."""
    start, end = asked_span(request.GET, LONGEST)
    people = asked(request)[1]
    now = timezone.now()
    found = due_between(request.user, people, start, end)
    return JsonResponse({"events": [event(one, now) for one in found]})


def event(one: Item, now: datetime) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.pk,
        "title": f"{row.subject} · {one.name}",
        "start": timezone.localtime(row.deadline).isoformat(),
        "url": reverse("crm_activity", args=[row.pk]),
        "state": "late" if row.is_late(now) else "open" if row.is_open else "done",
    }
