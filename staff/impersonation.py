"""Looking at the portal as somebody else: who really sits at the screen."""

from __future__ import annotations

from django.http import HttpRequest

from staff.models import Employee


def impersonator(request: HttpRequest) -> Employee | None:
    """The administrator who looks as `request.user`, or None when people are themselves."""
    return getattr(request, "impersonator", None)
