"""Whose live stream may go on: the session behind it, asked anew all the time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from staff import impersonation, sign_in_sessions
from staff.models import Employee
from svod.base.live.hub import Ticket


def still_valid(tickets: Collection[Ticket]) -> set[Ticket]:
    """Those whose session lives, belongs to an active person and shows the ticket's person.

    Two queries for any number of tickets, and one for each of those who look as others.
    """
    keys = {ticket.session for ticket in tickets}
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    opened = {row.session_key: row.get_decoded() for row in rows}
    ids = {str(data[SESSION_KEY]) for data in opened.values() if SESSION_KEY in data}
    people = {str(one.pk): one for one in Employee.objects.filter(pk__in=ids, is_active=True)}
    shown = {key: _shown(data, people) for key, data in opened.items()}
    return {ticket for ticket in tickets if shown.get(ticket.session) == ticket.employee_id}


def _shown(data: Mapping[str, Any], people: Mapping[str, Employee]) -> int | None:
    """The person whom pages of this session are for; None when it opens nothing any more."""
    real = people.get(data.get(SESSION_KEY, ""))
    if real is None or not _same_hash(data, real) or sign_in_sessions.expired(data):
        return None
    looked_as = data.get(impersonation.KEY)
    if looked_as is None:
        return int(real.pk)
    other = impersonation.shown_as(real, looked_as)
    return int(other.pk) if other else None


def _same_hash(data: Mapping[str, Any], person: Employee) -> bool:
    known = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    given = str(data.get(HASH_SESSION_KEY, ""))
    return any(constant_time_compare(given, one) for one in known)
