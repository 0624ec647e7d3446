"""Looking at the portal as somebody else: who really sits at the screen.

The session stays the administrator's; `request.user` is the other person, so every right is
theirs. The audit log names both. What is a person's own alone, such as their password, second
factors and secrets, is refused by `themselves_only` and by staff.reauth.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from staff.models import Employee
from svod.base.errors import Forbidden

KEY = "svod_look_as"
View = Callable[..., HttpResponseBase]


def impersonator(request: HttpRequest) -> Employee | None:
    """The administrator who looks as `request.user`, or None when people are themselves."""
    return getattr(request, "impersonator", None)


def refuse_impersonation(request: HttpRequest) -> None:
    if impersonator(request) is not None:
        raise Forbidden(_("This cannot be done while looking as another person."))


def themselves_only(view: View) -> View:
    """A view for people themselves: Forbidden for an administrator who looks as them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refuse_impersonation(request)
        return view(request, *args, **kwargs)

    return guarded


def shown_as(real: Employee, number: int) -> Employee | None:
    """Whom this administrator may look as: people at work who are no administrators."""
    if not real.is_superuser:
        return None
    others = Employee.objects.filter(is_active=True, is_superuser=False)
    return others.exclude(pk=real.pk).filter(pk=number).first()
