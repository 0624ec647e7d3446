"""What supervisors watch: the line now, and how it did; an operator's own rest."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from openlines.period_form import PeriodForm
from openlines.selectors.line_statistics import statistics_of
from openlines.selectors.lines import Need, access_line
from openlines.selectors.supervision import moment_of
from openlines.services import presence
from openlines.statistics_file import statistics_csv
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_GET
def now(request: PortalRequest, line_id: int) -> HttpResponse:
    """Open conversations, who is there and who waits; drawn anew when something happens."""
    found = access_line(request.user, line_id, Need.SUPERVISE)
    context = {"line": found, "moment": moment_of(found)}
    return render_page(request, "chat/line_now.html", context)


@login_required
@require_GET
def statistics(request: PortalRequest, line_id: int) -> HttpResponse:
    found = access_line(request.user, line_id, Need.SUPERVISE)
    form = PeriodForm(request.GET)
    since, until = form.dates
    context = {
        "line": found, "since": since, "until": until,
        "statistics": statistics_of(found, form.period),
    }  # fmt: skip
    return render_page(request, "chat/line_statistics.html", context)


@login_required
@require_GET
def table(request: PortalRequest, line_id: int) -> HttpResponse:
    """The statistics as a file."""
    found = access_line(request.user, line_id, Need.SUPERVISE)
    form = PeriodForm(request.GET)
    since, until = form.dates
    content = statistics_csv(statistics_of(found, form.period))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"{slugify(found.name, allow_unicode=True) or 'line'}-{since}-{until}.csv"
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    return response


@login_required
@require_POST
def pause(request: PortalRequest) -> HttpResponse:
    """One's own rest: nothing more comes from the queue of any line."""
    paused = request.POST.get("paused") == "1"
    presence.pause(actor=request.user, paused=paused)
    toast(request, _("You get nothing from the queue.") if paused else _("You are back."))
    return go_to(request, reverse("chat"))
