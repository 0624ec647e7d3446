"""The bell, the page of notifications and how a person is told."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from staff import selectors_notifications as selectors
from staff.impersonation import impersonator, themselves_only
from staff.models import Delivery
from staff.notification_kinds import notification_kinds
from staff.services import notification_reads as services
from staff.templatetags.notifications import bell_label, count_text
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest

PAGE_SIZE = 30


@login_required
@require_GET
def notifications(request: PortalRequest) -> HttpResponse:
    """All news of the person, or the unread ones; of every kind or of one."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in notification_kinds else ""
    only_unread = request.GET.get("show") == "unread"
    rows = selectors.notifications(request.user, only_unread=only_unread, kind=kind)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "news": selectors.readable(request.user, page),
        "unread": selectors.unread(request.user)[0],
        "only_unread": only_unread,
        "kind": kind,
        "kinds": sorted(notification_kinds, key=lambda one: one.order),
    }
    return render_page(request, "staff/notifications.html", context)


@login_required
@require_GET
def bell(request: PortalRequest) -> HttpResponse:
    """What the bell shows when it is opened."""
    context = {
        "news": selectors.newest(request.user),
        "unread": selectors.unread(request.user)[0],
    }
    return render(request, "staff/partials/bell.html", context)


@login_required
@require_GET
def news(request: PortalRequest) -> JsonResponse:
    """The bell's number, and what is unread and came after the notification `after`."""
    after = request.GET.get("after", "")
    since = selectors.since(request.user, int(after) if after.isdecimal() else 0)
    count, last = selectors.unread(request.user)
    found = [
        {"text": one.text, "url": reverse("notification_open", args=[one.row.pk])}
        for one in reversed(since)
        if not one.closed
    ]
    answer = {"count": count_text(count), "label": bell_label(count), "last": last, "news": found}
    return JsonResponse(answer)


@login_required
@require_safe
def notification_open(request: PortalRequest, pk: int) -> HttpResponse:
    """To what a notification is about; it counts as read then."""
    one = selectors.access_notification(request.user, pk)
    if impersonator(request) is None:
        services.mark_read(pk, actor=request.user)
    return redirect(one.row.url if one.row.url and not one.closed else "notifications")


@login_required
@require_POST
@themselves_only
def notification_read(request: PortalRequest, pk: int) -> HttpResponse:
    """Marks one as read."""
    services.mark_read(pk, actor=request.user)
    return go_to(request, back(request))


@login_required
@require_POST
@themselves_only
def notifications_read(request: PortalRequest) -> HttpResponse:
    """Marks all, or all of a kind, as read."""
    services.mark_all_read(actor=request.user, kind=request.POST.get("kind", ""))
    return go_to(request, back(request))


def back(request: PortalRequest) -> str:
    """The page of notifications with the filter that was on it."""
    query = request.POST.get("query", "")
    return reverse("notifications") + (f"?{query}" if query else "")


@login_required
def notification_settings(request: PortalRequest) -> HttpResponseBase:
    """How the person is told of each kind of news."""
    if request.method == "POST":
        return save_settings(request)
    chosen = selectors.preferences(request.user)
    rows: list[dict[str, Any]] = [
        {"kind": notification_kinds.get(slug), "chosen": delivery}
        for slug, delivery in chosen.items()
    ]
    context = {"rows": rows, "ways": Delivery.choices}
    return render(request, "staff/notification_settings.html", context)


@themselves_only
def save_settings(request: PortalRequest) -> HttpResponse:
    slugs = set(notification_kinds.slugs()) & set(request.POST)
    services.set_preferences({slug: request.POST[slug] for slug in slugs}, actor=request.user)
    toast(request, _("Saved"))
    return go_to(request, "notification_settings")
