"""Whose live stream may go on: employees by their session, visitors by their chat window."""

from __future__ import annotations

from collections.abc import Collection

from openlines.models import Customer
from staff.live import still_valid as sessions_valid
from svod.base.live.hub import Ticket


def still_valid(tickets: Collection[Ticket]) -> set[Ticket]:
    """Tickets of visitors have the customer's id as a negative."""
    people = {one for one in tickets if one.employee_id > 0}
    visitors = {one for one in tickets if one.employee_id < 0}
    found = set(sessions_valid(people)) if people else set()
    if visitors:
        rows = Customer.objects.filter(
            pk__in={-one.employee_id for one in visitors},
            channel__is_active=True,
            channel__line__is_active=True,
        )
        known = set(rows.values_list("pk", flat=True))
        found |= {one for one in visitors if -one.employee_id in known}
    return found
