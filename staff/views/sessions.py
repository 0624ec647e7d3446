"""Ending one's own sessions."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staff import sign_in_sessions
from staff.impersonation import themselves_only
from staff.models import Employee
from staff.services import sessions
from svod.base.htmx import go_to, toast


@login_required
@require_POST
@themselves_only
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one session by its number in the list."""
    person = cast(Employee, request.user)
    sessions.end(person, pk, actor=person)
    toast(request, _("The device is signed out."))
    return go_to(request, "security")


@login_required
@require_POST
@themselves_only
def end_others(request: HttpRequest) -> HttpResponse:
    """Ends every session but this one."""
    person = cast(Employee, request.user)
    sessions.end_all(person, actor=person, but=str(request.session.session_key))
    sign_in_sessions.keep(request, person)
    toast(request, _("All other devices are signed out."))
    return go_to(request, "security")
