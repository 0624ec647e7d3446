"""The lines and their settings."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openlines.line_form import LineForm
from openlines.models import Line
from openlines.selectors.desk import may_manage_lines
from openlines.selectors.lines import (
    Need,
    access_line,
    deleted_lines,
    is_of_lines,
    lines_kept_by,
    require_to_manage,
)
from openlines.services import lines as services
from openlines.services.hours import own_calendar, set_hours
from staff.calendar_forms import WeekForm
from staff.services.calendars import FIELDS
from svod.base.errors import Forbidden, Invalid, NotFound
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def lines(request: PortalRequest) -> HttpResponse:
    """The lines that one manages or supervises; operators of a line are refused."""
    found = lines_kept_by(request.user)
    may_manage = may_manage_lines(request.user)
    if not (found or may_manage):
        raise Forbidden if is_of_lines(request.user) else NotFound
    context = {"lines": found, "may_manage": may_manage, "bin": deleted_lines(request.user)}
    return render_page(request, "chat/lines.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def line_add(request: PortalRequest) -> HttpResponse:
    require_to_manage(request.user)
    form = LineForm(Line(), request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_line(actor=request.user, **form.values)
            toast(request, _("The line is made. Choose who answers in it."))
            return go_to(request, reverse("chat_line_people", args=[made.pk]))
        except Invalid as error:
            form.add_domain_errors(error)
    status = 422 if form.errors else 200
    return render_page(request, "chat/line_add.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def line(request: PortalRequest, line_id: int) -> HttpResponse:
    """All settings of a line."""
    found = access_line(request.user, line_id, Need.MANAGE)
    form = LineForm(found, request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_line(found, actor=request.user, **form.values)
            toast(request, _("Saved."))
            return go_to(request, reverse("chat_line", args=[found.pk]))
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"form": form, "line": found}
    status = 422 if form.errors else 200
    return render_page(request, "chat/line.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def line_hours(request: PortalRequest, line_id: int) -> HttpResponse:
    """A dialog: days and hours of the line's own."""
    found = access_line(request.user, line_id, Need.MANAGE)
    calendar = own_calendar(found)
    initial = {name: getattr(calendar, name) for name in FIELDS}
    form = WeekForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_hours(found, form.cleaned_data, actor=request.user)
            toast(request, _("Saved."))
            return go_to(request, reverse("chat_line", args=[found.pk]))
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"form": form, "line": found}
    status = 422 if form.errors else 200
    return render_page(request, "chat/line_hours.html", context, status=status)


@login_required
@require_POST
def line_delete(request: PortalRequest, line_id: int) -> HttpResponse:
    found = access_line(request.user, line_id, Need.MANAGE)
    services.delete_line(found, actor=request.user)
    undo = reverse("chat_line_restore", args=[found.pk])
    toast(request, _("The line is deleted; its conversations stay."), undo=undo)
    return go_to(request, "chat_lines")


@login_required
@require_POST
def line_restore(request: PortalRequest, line_id: int) -> HttpResponse:
    found = access_line(request.user, line_id, Need.MANAGE, deleted=True)
    services.restore_line(found, actor=request.user)
    toast(request, _("The line is back and works."))
    return go_to(request, "chat_lines")
