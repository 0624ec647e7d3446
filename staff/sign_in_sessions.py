"""The request's side of sessions: their limits in time, and what is noted of each.

The times stand in the session itself, which is read anyway; the row that lists show is written at
most once in PAUSE.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from staff.models import Employee
from staff.services import sessions

STARTED, SEEN = "svod_started", "svod_seen"
PAUSE = timedelta(minutes=1)
STRANGER = timedelta(minutes=10)


def expired(session: SessionBase | Mapping[str, Any]) -> bool:
    """Was it idle for SESSION_IDLE, or is it older than SESSION_LIMIT?"""
    now = timezone.now().timestamp()
    idle = now - session.get(SEEN, now) > settings.SESSION_IDLE.total_seconds()
    old = now - session.get(STARTED, now) > settings.SESSION_LIMIT.total_seconds()
    return bool(idle or old)


def due(session: SessionBase) -> bool:
    """Is it time to note again that the session is in use?"""
    return bool(timezone.now().timestamp() - session.get(SEEN, 0) >= PAUSE.total_seconds())


def note(request: HttpRequest, person: Employee) -> None:
    """Write down that the person's session is in use now."""
    session, now = request.session, timezone.now().timestamp()
    session[SEEN] = now
    session.setdefault(STARTED, now)
    if not session.session_key or not session.exists(session.session_key):
        session.save()
    browser = sessions.Browser(
        get_client_ip_address(request) or None, request.headers.get("User-Agent", "")
    )
    started = datetime.fromtimestamp(session[STARTED], UTC)
    sessions.note(str(session.session_key), person, browser, started=started)


def keep(request: HttpRequest, person: Employee) -> None:
    """Stay signed in after the password or the epoch changed; every other session is dead."""
    update_session_auth_hash(request, person)
    note(request, person)


def brief(request: HttpRequest) -> None:
    """A stranger's session, which holds a question until it is answered, need not last."""
    if not request.user.is_authenticated:
        request.session.set_expiry(STRANGER)


@receiver(user_logged_in, dispatch_uid="staff.sign_in_sessions")
def begin(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A sign-in starts the clock anew, whatever the browser's session was before."""
    request.session.pop(STARTED, None)
    request.session.set_expiry(None)
    note(request, user)
