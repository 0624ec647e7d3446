"""What administrators do for the security of others, and looking at the portal as them."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from staff import impersonation, mfa, selectors
from staff.mfa import Kind
from staff.models import Employee
from staff.reauth import require_recent
from staff.services import audit, second_factor, sessions
from svod.base.errors import Forbidden
from svod.base.htmx import go_to, toast


def person_of(request: HttpRequest, pk: int) -> Employee:
    """The employee an administrator acts on; everybody else is refused."""
    selectors.require_administrator(request.user)
    return selectors.access_employee(request.user, pk)


@login_required
@require_GET
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a person's card that administrators see."""
    person = person_of(request, pk)
    kinds = [row.type for row in mfa.factors(person)]
    context = {
        "person": person,
        "has_app": Kind.TOTP in kinds,
        "passkeys": kinds.count(Kind.WEBAUTHN),
        "sessions": sessions.alive(person),
        "may_look": impersonation.shown_as(cast(Employee, request.user), person.pk),
    }
    return render(request, "staff/security_person.html", context)


@login_required
@require_POST
@require_recent
def second_factors_off(request: HttpRequest, pk: int) -> HttpResponse:
    """For who lost the phone: the second factors go, and every session with them."""
    person = person_of(request, pk)
    second_factor.take_off_all(person, actor=cast(Employee, request.user))
    toast(request, _("The second factors are taken off."))
    return go_to(request, person)


@login_required
@require_POST
@require_recent
def sessions_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends every session of somebody else."""
    person = person_of(request, pk)
    sessions.end_all_of_other(person, actor=cast(Employee, request.user))
    toast(request, _("All sessions are ended."))
    return go_to(request, person)


@login_required
@require_POST
@require_recent
def look_as(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the administrator in the place of an employee until they stop."""
    real = cast(Employee, request.user)
    person = person_of(request, pk)
    if impersonation.shown_as(real, person.pk) is None:
        raise Forbidden(_("Nobody looks as an administrator or a deactivated employee."))
    request.session[impersonation.KEY] = person.pk
    note("impersonation.started", real, person)
    return go_to(request, "home")


@login_required
@require_POST
def look_as_stop(request: HttpRequest) -> HttpResponse:
    """Back to oneself, on the card of the person looked as."""
    real, shown = impersonation.impersonator(request), cast(Employee, request.user)
    if real is None:
        return go_to(request, "home")
    del request.session[impersonation.KEY]
    note("impersonation.stopped", real, shown)
    return go_to(request, shown)


def note(event: str, real: Employee, shown: Employee) -> None:
    audit.record(event, actor=real, subject=f"employee:{shown.pk}", subject_name=str(shown))
