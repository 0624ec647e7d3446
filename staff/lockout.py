"""Limits on guessing passwords: by person and address together, and by address alone.

A person is never locked from another address, so nobody can lock a colleague out.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.utils import timezone


def username_key(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """What is counted as one name: as typed, without case and blanks.

    The typed name goes first: after a success the credentials hold the login while the
    failures were counted under the e-mail, and they must be cleared.
    """
    typed = request.POST.get("username") or (credentials or {}).get("username") or ""
    return str(typed).strip().casefold().replace("\0", "")[:255]


def minutes_left(request: HttpRequest) -> int:
    """Minutes until this name may be tried again from this address, at least 1."""
    attempts = AccessAttempt.objects.filter(ip_address=get_client_ip_address(request))
    own = attempts.filter(username=username_key(request, None))
    last = (own if own.exists() else attempts).aggregate(last=Max("attempt_time"))["last"]
    rest = (last or timezone.now()) + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, math.ceil(rest / timedelta(minutes=1)))


class SignInHandler(AxesDatabaseHandler):
    """axes' limit by name and address, and a wider one by address against trying many names."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return super().is_locked(request, credentials) or self.address_is_locked(request)

    def address_is_locked(self, request: HttpRequest) -> bool:
        recent = AccessAttempt.objects.filter(
            ip_address=get_client_ip_address(request),
            attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME,
        )
        failures = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
        return failures >= settings.SIGN_IN_FAILURES_PER_ADDRESS
