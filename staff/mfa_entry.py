"""Letting a person in: at once, or after the second factor.

Between the two steps the session names the person under PENDING alone: nothing that Django calls
a sign-in has happened, so no address but the second step's own knows them.
"""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from staff import mfa, sign_in_sessions
from staff.models import Employee
from staff.services import audit

PENDING = "svod_pending"
MINUTES = 10
BACKEND = "staff.backends.EmployeeBackend"
THEME_AGE = 31_536_000


def first_step(request: HttpRequest, person: Employee, target: str, *, way: str) -> HttpResponse:
    """The person has shown the first proof (`way`: "password", "oidc"); what follows?"""
    if not mfa.has_factor(person):
        return enter(request, person, target, way=way)
    # A new session: what someone knew of the old one must not lead into the second step.
    request.session.flush()
    request.session[PENDING] = {
        "person": person.pk,
        "hash": person.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
        "next": target,
        "way": way,
    }
    sign_in_sessions.brief(request)
    return redirect("sign_in_second")


def pending(request: HttpRequest) -> Employee | None:
    """Who has done the first step lately and may try the second, or None."""
    kept = request.session.get(PENDING)
    if not kept or timezone.now().timestamp() - kept["at"] > MINUTES * 60:
        return None
    person = Employee.objects.filter(pk=kept["person"], is_active=True).first()
    # A password changed meanwhile, or "sign out everywhere", ends this as well.
    same = person and constant_time_compare(person.get_session_auth_hash(), kept["hash"])
    return person if same else None


def second_step(request: HttpRequest, person: Employee, *, way: str) -> tuple[HttpResponse, str]:
    """Both proofs are there: the answer and the address that the person wanted."""
    kept = request.session.pop(PENDING)
    answer = enter(request, person, kept["next"], way=f"{kept['way']}+{way}")
    return answer, kept["next"]


def enter(request: HttpRequest, person: Employee, target: str, *, way: str) -> HttpResponse:
    """Sign in under a new session key and go on to `target`, an address of this host."""
    login(request, person, backend=BACKEND)
    audit.record(
        "sign_in.ok",
        actor=person,
        subject=f"employee:{person.pk}",
        subject_name=str(person),
        about={"way": way},
    )
    response = redirect(target)
    response.set_cookie("theme", person.theme, samesite="Lax", max_age=THEME_AGE)
    return response
