"""Telling people: `notify` writes the news, everything else follows from its rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from staff.models import Delivery, Employee, Notification, NotificationPreference
from staff.notification_kinds import notification_kinds
from staff.time_zones import time_zone_names
from svod.base.live import publish
from svod.base.tasks import wake

Text = str | Promise
DIGEST_TIME = time(9)
MAX_TEXT, MAX_BODY = 1_000, 10_000
URL_LENGTH = 500


def notify(
    employees: Iterable[Employee],
    kind: str,
    text: Text,
    *,
    url: str = "",
    body: Text = "",
    actor: Employee | None = None,
    key: str = "",
) -> None:
    """Tell each of these people once, as they wish to be told of this kind of news.

    Works inside the caller's transaction: what is rolled back was never told. Nobody is told of
    what they did themselves (`actor`), nor somebody who was deactivated. A `key` that a person
    was told under before makes it a repeat, which does nothing. A lazy text is put into each
    person's language. `url` is an address of this portal; what it shows is asked for anew
    whenever the news is read (staff.notification_guards).
    """
    people = _told(employees, actor)
    chosen = _deliveries(people, kind)
    now = timezone.now()
    rows = [
        Notification(
            employee=person,
            kind=kind,
            text=_in_language(text, person)[:MAX_TEXT],
            body=_in_language(body, person)[:MAX_BODY],
            url=_local(url),
            actor=actor,
            key=key[:200],
            delivery=delivery,
            mail_at=mail_time(person, delivery, now),
        )
        for person in people
        if (delivery := chosen[person.pk]) != Delivery.NONE
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    publish([row.employee_id for row in rows], "notification")
    if any(row.delivery == Delivery.MAIL for row in rows):
        wake("staff.mail_notifications")


def mail_time(person: Employee, delivery: str, now: datetime) -> datetime | None:
    """When a letter about news is due; None where none is wanted or the person has no address."""
    if not person.email:
        return None
    if delivery == Delivery.MAIL:
        return now
    return next_digest(person, now) if delivery == Delivery.DIGEST else None


def next_digest(person: Employee, now: datetime) -> datetime:
    """The next moment at which it is DIGEST_TIME where the person lives."""
    known = person.time_zone in time_zone_names()
    zone = ZoneInfo(person.time_zone if known else settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    due = datetime.combine(today, DIGEST_TIME, zone)
    return due if due > now else datetime.combine(today + timedelta(days=1), DIGEST_TIME, zone)


def _told(employees: Iterable[Employee], actor: Employee | None) -> list[Employee]:
    """The active ones of them as they are now, without whoever did it."""
    ids = {person.pk for person in employees} - {actor.pk if actor else None}
    return list(Employee.objects.filter(pk__in=ids, is_active=True)) if ids else []


def _deliveries(people: list[Employee], kind: str) -> dict[int, str]:
    """Employee's id → how they want to be told of this kind."""
    usual = notification_kinds.get(kind).delivery
    chosen = NotificationPreference.objects.filter(employee__in=people, kind=kind)
    own = dict(chosen.values_list("employee_id", "delivery")) if people else {}
    return {person.pk: own.get(person.pk, usual) for person in people}


def _in_language(text: Text, person: Employee) -> str:
    if isinstance(text, str):
        return text
    with translation.override(person.language):
        return str(text)


def _local(url: str) -> str:
    """The address if it is one of this portal, else "" (a process may put anything there)."""
    safe = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if safe and len(url) <= URL_LENGTH else ""
