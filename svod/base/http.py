"""The request of a person who has signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from staff.models import Employee


class PortalRequest(HttpRequest):
    """What views behind `login_required` get; a name for the type checker only."""

    user: Employee
