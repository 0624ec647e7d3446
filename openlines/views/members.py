"""The people of a line: who answers, in which order, who supervises."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lists_core.field_types.pickers import is_id
from openlines.line_form import PeopleForm
from openlines.models import Line, LineMember
from openlines.selectors.lines import Need, access_line, members_of
from openlines.services import members as services
from svod.base.errors import Invalid
from svod.base.htmx import go_to, render_page, toast
from svod.base.http import PortalRequest


@login_required
@require_http_methods(["GET", "POST"])
def members(request: PortalRequest, line_id: int) -> HttpResponse:
    """Who is of the line; POST brings more people in."""
    found = access_line(request.user, line_id, Need.MANAGE)
    form = PeopleForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            number = services.add_members(found, form.chosen, role, actor=request.user)
            told = ngettext("%(n)s person added.", "%(n)s people added.", number)
            toast(request, told % {"n": number})
            return _back(request, found)
        except Invalid as error:
            form.add_domain_errors(error)
    rows = members_of(found)
    context = {
        "line": found,
        "form": form,
        "operators": [one for one in rows if one.role == LineMember.Role.OPERATOR],
        "supervisors": [one for one in rows if one.role == LineMember.Role.SUPERVISOR],
    }
    status = 422 if form.errors else 200
    return render_page(request, "chat/line_people.html", context, status=status)


@login_required
@require_POST
def order(request: PortalRequest, line_id: int) -> HttpResponse:
    """The order of the queue, as the rows were dragged."""
    found = access_line(request.user, line_id, Need.MANAGE)
    ids = [int(one) for one in request.POST.getlist("ids") if is_id(one)]
    services.order_members(found, ids, actor=request.user)
    return HttpResponse(status=204)


@login_required
@require_POST
def role(request: PortalRequest, line_id: int, member_id: int) -> HttpResponse:
    found = access_line(request.user, line_id, Need.MANAGE)
    services.set_role(found, member_id, request.POST.get("role", ""), actor=request.user)
    return _back(request, found)


@login_required
@require_POST
def pause(request: PortalRequest, line_id: int, member_id: int) -> HttpResponse:
    """Somebody's rest; a supervisor comes here from the page of what goes on now."""
    found = access_line(request.user, line_id, Need.SUPERVISE)
    paused = request.POST.get("paused") == "1"
    services.pause_member(found, member_id, actor=request.user, paused=paused)
    page = "chat_line_now" if request.POST.get("back") == "now" else "chat_line_people"
    return go_to(request, reverse(page, args=[found.pk]))


@login_required
@require_POST
def remove(request: PortalRequest, line_id: int, member_id: int) -> HttpResponse:
    found = access_line(request.user, line_id, Need.MANAGE)
    services.remove_member(found, member_id, actor=request.user)
    toast(request, _("Removed. Open conversations went back into the queue."))
    return _back(request, found)


def _back(request: PortalRequest, line: Line) -> HttpResponse:
    return go_to(request, reverse("chat_line_people", args=[line.pk]))
