"""A person's dashboard: each widget loads by itself."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lists_core.field_types.pickers import is_id
from lists_core.models import DashboardWidget
from lists_core.selectors.reports import (
    access_widget,
    dashboard_of,
    own_widget,
    visible_among,
    widgets_of,
)
from lists_core.services import dashboards
from lists_core.views.reports import answered
from svod.base.errors import Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def dashboard(request: PortalRequest) -> HttpResponse:
    shown = dashboard_of(request.user)
    context = {
        "widgets": widgets_of(shown, request.user),
        "own": bool(shown and shown.owner_id),
        "may_make_default": request.user.is_superuser and bool(shown and shown.owner_id),
        "looks": DashboardWidget.Look.choices,
        "widths": dashboards.WIDTHS,
    }
    return render_page(request, "lists/reports/dashboard.html", context)


@login_required
@require_GET
def widget(request: PortalRequest, widget_id: int) -> HttpResponse:
    """The inside of one widget: numbers, or that the report is not there for the person."""
    shown = access_widget(request.user, widget_id)
    context = {"widget": shown, "own": shown.dashboard.owner_id == request.user.pk}
    if not visible_among([shown.report_id], request.user):
        return render(request, "lists/reports/widget_closed.html", context)
    context |= {"report": shown.report, **answered(shown.report, request.user)}
    return render(request, "lists/reports/widget.html", context)


@login_required
@require_POST
def pin(request: PortalRequest, report_id: int) -> HttpResponse:
    """Put a report on one's dashboard."""
    look = request.POST.get("look") or "chart"
    try:
        dashboards.add_widget(report_id, actor=request.user, look=look)
    except Invalid as error:
        toast(request, " ".join(text for texts in error.errors.values() for text in texts), "error")
        return go_to(request, "dashboard")
    toast(request, _("The report is on your dashboard."))
    return go_to(request, "dashboard")


@login_required
@require_POST
def change(request: PortalRequest, widget_id: int) -> HttpResponse:
    """`look` or `width` of one's own widget."""
    width = request.POST.get("width", "")
    dashboards.change_widget(
        widget_id,
        actor=request.user,
        look=request.POST.get("look"),
        width=int(width) if width in map(str, dashboards.WIDTHS) else None,
    )
    return frame(request, widget_id)


def frame(request: PortalRequest, widget_id: int) -> HttpResponse:
    context = {
        "widget": own_widget(request.user, widget_id),
        "own": True,
        "changed": True,
        "looks": DashboardWidget.Look.choices,
        "widths": dashboards.WIDTHS,
    }
    return render(request, "lists/reports/widget_frame.html", context)


@login_required
@require_POST
def remove(request: PortalRequest, widget_id: int) -> HttpResponse:
    dashboards.remove_widget(widget_id, actor=request.user)
    toast(request, _("Removed from the dashboard. The report itself stays."))
    return go_to(request, "dashboard")


@login_required
@require_POST
def order(request: PortalRequest) -> HttpResponse:
    """The new order as repeated `ids`."""
    ids = [int(text) for text in request.POST.getlist("ids") if is_id(text)]
    dashboards.order_widgets(ids, actor=request.user)
    return HttpResponse(status=204)


@login_required
@require_POST
def own(request: PortalRequest) -> HttpResponse:
    """Make the default dashboard one's own, to change it."""
    dashboards.own_dashboard(actor=request.user)
    return go_to(request, "dashboard")


@login_required
@require_POST
def reset(request: PortalRequest) -> HttpResponse:
    dashboards.reset_dashboard(actor=request.user)
    toast(request, _("This is the default dashboard."))
    return go_to(request, "dashboard")


@login_required
@require_POST
def default(request: PortalRequest) -> HttpResponse:
    """An administrator's dashboard becomes what people see who have none."""
    dashboards.make_default(actor=request.user)
    toast(request, _("Whoever has no dashboard of their own sees this one now."))
    return go_to(request, "dashboard")
