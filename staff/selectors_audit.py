"""Reads of the audit log: administrators only, newest first, page by page along a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from staff.models import AuditEntry, Employee
from staff.selectors import require_administrator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"\A([0-9]{1,16})-([0-9]{1,18})\Z")


@dataclass(frozen=True, kw_only=True)
class AuditFilters:
    """What to look for; what is empty does not narrow. Days are those of the active time zone.

    `subject` is a reference ("list:12" finds "list:12:…" too) or a part of a subject's name.
    """

    event: str = ""
    person: Employee | None = None
    since: date | None = None
    until: date | None = None
    subject: str = ""


def entries(actor: Any, filters: AuditFilters, *, before: str = "") -> QuerySet[AuditEntry]:
    """Entries with the people joined; `before` is the `cursor` of the last entry shown."""
    require_administrator(actor)
    found = AuditEntry.objects.select_related("actor", "impersonator")
    return found.filter(_wanted(filters), _older(before)).order_by("-at", "-id")


def entries_about(subject: str) -> QuerySet[AuditEntry]:
    """Entries of a thing and of all below it, newest first: "list:12" has "list:12:…", not
    "list:123". Whoever calls has checked that the reader may see the thing."""
    found = AuditEntry.objects.select_related("actor", "impersonator")
    return found.filter(_about(subject)).order_by("-at", "-id")


def cursor(entry: AuditEntry) -> str:
    """Where to go on after an entry: microseconds since 1970 and the id."""
    return f"{(entry.at - EPOCH) // timedelta(microseconds=1)}-{entry.pk}"


def _wanted(filters: AuditFilters) -> Q:
    wanted = Q()
    if filters.event:
        wanted &= Q(event=filters.event)
    if filters.person:
        wanted &= Q(actor=filters.person) | Q(impersonator=filters.person)
    if filters.since:
        wanted &= Q(at__gte=_midnight(filters.since))
    if filters.until:
        wanted &= Q(at__lt=_midnight(filters.until + timedelta(days=1)))
    if text := filters.subject.replace("\0", "").strip():
        wanted &= _about(text) | Q(subject_name__icontains=text)
    return wanted


def _about(subject: str) -> Q:
    return Q(subject=subject) | Q(subject__startswith=f"{subject.rstrip(':')}:")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _older(before: str) -> Q:
    """Nothing is left out for a text that is no cursor: it comes from the address."""
    found = CURSOR.match(before)
    if found is None:
        return Q()
    at = EPOCH + timedelta(microseconds=int(found[1]))
    return Q(at__lt=at) | Q(at=at, pk__lt=int(found[2]))
