"""The quick replies of a line: its list, and how they are used."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lists_core.field_types.pickers import is_id
from openlines.models import Line
from openlines.placeholders.base import placeholders
from openlines.reply_forms import ChooseRepliesForm, StatisticsForm
from openlines.selectors.desk import may_manage_lines
from openlines.selectors.reply_lists import facts_of
from openlines.selectors.reply_statistics import (
    access_statistics,
    lines_with_statistics,
    statistics_of,
)
from openlines.services.reply_lists import choose_replies, create_replies, take_replies_off
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


def managed_line(actor: Employee, line_id: int) -> Line:
    """Raises NotFound, or Forbidden for who does not make lines."""
    line = access_statistics(actor, line_id)
    if not may_manage_lines(actor):
        raise Forbidden
    return line


@login_required
@require_GET
def line_replies(request: PortalRequest, line_id: int) -> HttpResponse:
    """Which list the line uses; the buttons that make one, choose one, take it off."""
    line = access_statistics(request.user, line_id)
    context = {
        "line": line,
        "facts": facts_of(line, request.user),
        "may_manage": may_manage_lines(request.user),
        "places": [(group.slug, group.names) for group in placeholders],
    }
    return render_page(request, "chat/replies/line.html", context)


@login_required
@require_POST
def create(request: PortalRequest, line_id: int) -> HttpResponse:
    """The one button."""
    line = managed_line(request.user, line_id)
    create_replies(line, actor=request.user)
    toast(request, _("The list of quick replies is made. Operators find it by typing a slash."))
    return _back(request, line)


@login_required
@require_http_methods(["GET", "POST"])
def choose(request: PortalRequest, line_id: int) -> HttpResponse:
    """The dialog that chooses a list which is there already."""
    line = managed_line(request.user, line_id)
    form = ChooseRepliesForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            choose_replies(
                line, given["list"], actor=request.user, add_missing=given["add_missing"]
            )
            toast(request, _("The line uses this list now."))
            return _back(request, line)
        except Invalid as error:
            form.add_domain_errors(error)
    context = {"form": form, "line": line}
    return render_page(
        request, "chat/replies/choose.html", context, status=422 if form.errors else 200
    )


@login_required
@require_POST
def take_off(request: PortalRequest, line_id: int) -> HttpResponse:
    line = managed_line(request.user, line_id)
    take_replies_off(line, actor=request.user)
    toast(request, _("The line has no quick replies now; the list is kept."))
    return _back(request, line)


@login_required
@require_GET
def statistics(request: PortalRequest) -> HttpResponse:
    """Of one of the lines that the person supervises (`?line=3&since=…&until=…&employee=5`)."""
    lines = lines_with_statistics(request.user)
    asked = request.GET.get("line", "")
    if is_id(asked):
        line: Line | None = access_statistics(request.user, int(asked))
    else:
        line = lines[0] if lines else None
    context: dict[str, Any] = {"lines": lines, "line": line}
    if line is not None:
        context |= _numbers(request, line)
    return render_page(request, "chat/replies/statistics.html", context)


def _numbers(request: PortalRequest, line: Line) -> dict[str, Any]:
    form = StatisticsForm(request.GET, line_id=line.pk)
    since, until = form.dates
    found = statistics_of(line, request.user, since=since, until=until, employee=form.operator())
    shown = StatisticsForm(
        {"since": since, "until": until, "employee": form.operator() or ""}, line_id=line.pk
    )
    return {"form": shown, "found": found, "since": since, "until": until}


def _back(request: PortalRequest, line: Line) -> HttpResponse:
    return go_to(request, reverse("chat_line_replies", args=[line.pk]))
