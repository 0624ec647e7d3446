"""Writes about sessions: where a person is signed in, and the end of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from staff import selectors
from staff.models import Employee, SessionInfo
from staff.services import audit, employees
from svod.base.errors import NotFound

BROWSER_SIGNS = 300


@dataclass(frozen=True)
class Browser:
    """Who asks: the address as the proxies' settings have it, the User-Agent as sent."""

    address: str | None
    name: str


def note(key: str, person: Employee, browser: Browser, *, started: datetime) -> None:
    """Remember the session of this key, or that it was just seen."""
    seen = {
        "employee": person,
        "address": browser.address,
        "browser": browser.name.replace("\0", "")[:BROWSER_SIGNS],
        "seen_at": timezone.now(),
    }
    SessionInfo.objects.update_or_create(
        session_id=key, defaults=seen, create_defaults={**seen, "started_at": started}
    )


def alive(person: Employee) -> list[SessionInfo]:
    """Sessions of a person that still open something, the latest seen first."""
    infos = SessionInfo.objects.filter(
        employee=person,
        session__expire_date__gt=timezone.now(),
        seen_at__gt=timezone.now() - settings.SESSION_IDLE,
        started_at__gt=timezone.now() - settings.SESSION_LIMIT,
    )
    current = person.get_session_auth_hash()
    return [info for info in infos.select_related("session") if _hash(info) == current]


def _hash(info: SessionInfo) -> str:
    return str(info.session.get_decoded().get(HASH_SESSION_KEY, ""))


@transaction.atomic
def end(person: Employee, number: int, *, actor: Employee) -> None:
    """End one session of a person; one's own, or anybody's as an administrator."""
    if actor.pk != person.pk:
        selectors.require_administrator(actor)
    info = SessionInfo.objects.filter(employee=person, pk=number).first()
    if info is None:
        raise NotFound
    Session.objects.filter(pk=info.session_id).delete()
    _record(person, actor, {"browser": info.browser, "address": info.address})


@transaction.atomic
def end_all(person: Employee, *, actor: Employee, but: str = "") -> None:
    """End every session of a person; the one with the key `but` must be given the new hash."""
    employees.end_sessions(person, actor=actor)
    others = SessionInfo.objects.filter(employee=person).exclude(session_id=but)
    Session.objects.filter(info__in=others).delete()


@transaction.atomic
def end_all_of_other(person: Employee, *, actor: Employee) -> None:
    """An administrator ends every session of somebody else. Raises Forbidden."""
    selectors.require_other(actor, person)
    end_all(person, actor=actor)


def _record(person: Employee, actor: Employee, about: dict[str, object]) -> None:
    audit.record(
        "session.ended",
        actor=actor,
        subject=f"employee:{person.pk}",
        subject_name=str(person),
        about=about,
    )
