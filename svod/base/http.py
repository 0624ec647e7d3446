"""The request of a person who has signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:
    from staff.models import Employee


class PortalRequest(HttpRequest):
    """What views behind `login_required` get; a name for the type checker only."""

    user: Employee
    #: Set by a view whose page belongs to another menu entry than its address says.
    belongs_under: str


def portal_url(request: HttpRequest) -> str:
    """The portal's own address without a slash; where none is set, the one it was asked by."""
    return (settings.PORTAL_URL or request.build_absolute_uri("/")).rstrip("/")
