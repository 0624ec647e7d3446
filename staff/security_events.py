"""What the audit log knows of sign-ins, second factors, sessions and looking as another."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff import backends, lockout
from staff.models import Employee
from staff.services import audit
from staff.services.audit import audit_events

audit_events.add("sign_in.ok", _("Signed in"))
audit_events.add("sign_in.failed", _("Sign-in refused"))
audit_events.add("sign_in.locked", _("Sign-in locked after too many attempts"))
audit_events.add("sign_in.unknown", _("Sign-in by an account of another system refused"))
audit_events.add("sign_out.done", _("Signed out"))
audit_events.add("second_factor.added", _("Second factor added"))
audit_events.add("second_factor.removed", _("Second factor removed"))
audit_events.add("session.ended", _("Session ended"))
audit_events.add("impersonation.started", _("Began to look as another person"))
audit_events.add("impersonation.stopped", _("Stopped looking as another person"))


@receiver(user_login_failed, dispatch_uid="staff.security_events")
def record_failure(
    sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """A refusal, and the one that locks. Later ones, which nobody looks at, are not written.

    Of a name that nobody has nothing is kept: people type passwords there.
    """
    if request is None:
        return
    locked = getattr(request, "axes_locked_out", False)
    if locked and getattr(request, "axes_failures_since_start", None) is None:
        return
    person = guessed(request, credentials)
    audit.record(
        "sign_in.locked" if locked else "sign_in.failed",
        actor=None,
        subject=f"employee:{person.pk}" if person else "",
        subject_name=str(person or ""),
    )


def guessed(request: HttpRequest, credentials: dict[str, Any]) -> Employee | None:
    """Whose password or code was tried."""
    known = lockout.guessed_person(request)
    return known or backends.find(str(credentials.get("username") or ""))
