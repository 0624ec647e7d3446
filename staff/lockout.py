"""Limits on guessing: passwords by person and address together, and by address alone.

A person is never locked from another address, so nobody can lock a colleague out. Who guesses the
second factor or re-authenticates knows the password or holds a session already: such guesses are
counted by person, from wherever they come.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import connection, transaction
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from staff.models import Employee

KNOWN = "PERSON "


class Locked(Exception):
    """Too many wrong guesses; `minutes` is how long to wait. The text is for people."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(words(minutes))


def words(minutes: int) -> str:
    return ngettext(
        "Too many attempts. Try again in %(minutes)s minute.",
        "Too many attempts. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}


def username_key(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """What is counted as one name: as typed, without case and blanks.

    The typed name goes first: after a success the credentials hold the login while the
    failures were counted under the e-mail, and they must be cleared.
    """
    if known := counted_as(request):
        return known
    typed = request.POST.get("username") or (credentials or {}).get("username") or ""
    return str(typed).strip().casefold().replace("\0", "")[:255]


def counted_as(request: HttpRequest) -> str:
    """The name under which a known person's guesses count; "" at the sign-in form."""
    return getattr(request, "svod_counted_as", "")


def guessed_person(request: HttpRequest) -> Employee | None:
    """The known person whose secret is being tried."""
    known = counted_as(request).removeprefix(KNOWN)
    return Employee.objects.filter(pk=int(known)).first() if known else None


def attempts_at(request: HttpRequest) -> QuerySet[AccessAttempt]:
    """Failures that count: of the known person, else of this address."""
    if known := counted_as(request):
        return AccessAttempt.objects.filter(username=known)
    return AccessAttempt.objects.filter(ip_address=get_client_ip_address(request))


def recent_failures(request: HttpRequest) -> int:
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    recent = attempts_at(request).filter(attempt_time__gt=since)
    return recent.aggregate(total=Sum("failures_since_start"))["total"] or 0


@contextmanager
def one_at_a_time(request: HttpRequest) -> Iterator[None]:
    """Sign-ins under one name from one address wait for each other.

    Else guesses sent all at once would be checked before the first of them is counted.
    """
    name = f"{username_key(request, None)} {get_client_ip_address(request)}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        yield


def guess(request: HttpRequest, person: Employee, fits: Callable[[], bool]) -> bool:
    """Try a secret of a known person: does it fit? Locked after AXES_FAILURE_LIMIT failures.

    One guess at a time for a person, so that guesses sent at once do not slip below the limit.
    """
    # Capitals: what is typed at the sign-in form counts in small letters, never under this name.
    request.svod_counted_as = name = f"{KNOWN}{person.pk}"  # type: ignore[attr-defined]
    with transaction.atomic():
        Employee.objects.select_for_update().only("pk").get(pk=person.pk)
        AxesProxyHandler.update_request(request)
        if AxesProxyHandler.is_locked(request):
            raise Locked(minutes_left(request))
        right = fits()
        if right:
            AccessAttempt.objects.filter(username=name).delete()
        else:
            user_login_failed.send(__name__, credentials={"username": name}, request=request)
    # The view says it in its own page; axes' middleware would put the sign-in page there.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    return right


def minutes_left(request: HttpRequest) -> int:
    """Minutes until this name may be tried again from this address, at least 1."""
    attempts = attempts_at(request)
    own = attempts.filter(username=username_key(request, None))
    last = (own if own.exists() else attempts).aggregate(last=Max("attempt_time"))["last"]
    rest = (last or timezone.now()) + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, math.ceil(rest / timedelta(minutes=1)))


class SignInHandler(AxesDatabaseHandler):
    """axes' limit by name and address, and a wider one by address against trying many names."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return super().is_locked(request, credentials) or self.address_is_locked(request)

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        if counted_as(request):
            return recent_failures(request)
        return super().get_failures(request, credentials)

    def address_is_locked(self, request: HttpRequest) -> bool:
        if counted_as(request):
            return False
        return recent_failures(request) >= settings.SIGN_IN_FAILURES_PER_ADDRESS
