"""Letters with a link to set a password: asked for by the owner, or an invitation."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from staff import selectors
from staff.actors import Actor
from staff.models import Employee
from staff.services.audit import record
from staff.tokens import password_tokens
from svod.base.errors import Forbidden
from svod.base.tasks import wake

PAUSE = timedelta(minutes=2)


def request_reset(email: str, *, portal: str) -> None:
    """Ask for a letter. Known and unknown addresses take the same way up to here."""
    wake("staff.mail_password_reset", email, portal)


def send_reset(email: str, *, portal: str) -> None:
    """Mail the owner of an address a link; nobody gets more than one letter in two minutes."""
    for employee in selectors.reset_candidates(email):
        if _take_turn(employee):
            _send(employee, "reset", portal)
            _tell("password.reset_sent", employee, None)


def invite(employee: Employee, *, actor: Actor | None, portal: str) -> str:
    """Mail an invitation to someone who has no password yet; gives its link as well."""
    if actor is not None:
        selectors.require_administrator(actor)
    if not employee.is_active or employee.has_usable_password():
        # Else an administrator could take over an account that is in use.
        raise Forbidden
    wake("staff.mail_invitation", employee.pk, portal)
    _tell("employee.invited", employee, actor)
    return password_link(employee, portal)


def send_invitation(employee_id: int, *, portal: str) -> None:
    employee = Employee.objects.filter(pk=employee_id, is_active=True).exclude(email="").first()
    if employee is not None and not employee.has_usable_password():
        _send(employee, "invitation", portal)


def password_link(employee: Employee, portal: str) -> str:
    """A link that sets a password once, valid for PASSWORD_RESET_TIMEOUT."""
    name = urlsafe_base64_encode(force_bytes(employee.pk))
    path = reverse("password_set", args=[name, password_tokens.make_token(employee)])
    return portal.rstrip("/") + path


def record_new_password(employee: Employee, *, actor: Actor | None) -> None:
    """The password was changed by its owner, or by an administrator in the admin."""
    _tell("password.changed", employee, actor)


def _tell(event: str, employee: Employee, actor: Actor | None) -> None:
    record(event, actor=actor, subject=f"employee:{employee.pk}", subject_name=str(employee))


def _take_turn(employee: Employee) -> bool:
    now = timezone.now()
    waiting = Q(mailed_at__isnull=True) | Q(mailed_at__lt=now - PAUSE)
    return bool(Employee.objects.filter(waiting, pk=employee.pk).update(mailed_at=now))


def _send(employee: Employee, kind: str, portal: str) -> None:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    with translation.override(employee.language):
        known = {
            "employee": employee,
            "link": password_link(employee, portal),
            "portal": portal,
            "hours": hours,
        }
        subject = render_to_string(f"staff/mail/{kind}_subject.txt", known)
        text = render_to_string(f"staff/mail/{kind}.txt", known)
        html = render_to_string(f"staff/mail/{kind}.html", known)
    letter = EmailMultiAlternatives(" ".join(subject.split()), text, to=[employee.email])
    letter.attach_alternative(html, "text/html")
    letter.send()
