"""Letters about news: one at once, or one a day with all that is not read yet.

A row of news is its own outbox: `mail_at` says that a letter is due, and is moved ahead while
somebody sends it, so that a sender which dies leaves the letter to the others.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from staff.models import Delivery, Employee, Notification
from staff.selectors_notifications import News, readable
from svod.base.letters import Letter, LetterRefused, send_letter

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
BATCH = 500


def mail_due(now: datetime | None = None) -> int:
    """Send what is due; returns how many news were handled. Any number of workers may do this."""
    now = now or timezone.now()
    rows = _lease(now)
    for person, own in groupby(rows, key=lambda row: row.employee):
        for bundle in _bundles(list(own)):
            _send(person, bundle, now)
    return len(rows)


def _lease(now: datetime) -> list[Notification]:
    with transaction.atomic():
        due = Notification.objects.filter(mail_at__lte=now).order_by("employee_id", "pk")
        due = due.select_related("employee").select_for_update(of=("self",), skip_locked=True)
        rows = list(due[:BATCH])
        for row in rows:
            row.mail_attempts += 1
            row.mail_at = now + LEASE
        Notification.objects.bulk_update(rows, ["mail_attempts", "mail_at"])
    return rows


def _bundles(rows: Sequence[Notification]) -> Iterator[list[Notification]]:
    """What goes into one letter: each by itself, those of the daily one together."""
    daily = [row for row in rows if row.delivery == Delivery.DIGEST]
    yield from ([row] for row in rows if row not in daily)
    if daily:
        yield daily


def _send(person: Employee, rows: list[Notification], now: datetime) -> None:
    """One letter. What was read meanwhile, or closed to the person, is not in it."""
    unread = [row for row in rows if row.read_at is None]
    with translation.override(person.language):
        news = [one for one in readable(person, unread) if not one.closed]
        if not (news and person.is_active and person.email):
            _note(rows, mail_at=None)
            return
        letter = letter_of(person, news)
    try:
        send_letter(letter)
    except LetterRefused as error:
        log.warning("letter_refused", employee=person.pk, error=str(error))
        _note(rows, mail_at=None)
    except Exception as error:  # noqa: BLE001 - whatever a network does
        log.warning("letter_failed", employee=person.pk, error=type(error).__name__)
        _note(rows, mail_at=_again(rows[0].mail_attempts, now))
    else:
        _note(rows, mail_at=None, mailed_at=now)


def letter_of(person: Employee, news: Sequence[News]) -> Letter:
    """The letter in the active language, as text and as HTML."""
    daily = news[0].row.delivery == Delivery.DIGEST
    portal = settings.PORTAL_URL.rstrip("/")
    context = {"person": person, "news": news, "daily": daily, "portal": portal}
    count = len(news)
    many = ngettext("%(count)d new notification", "%(count)d new notifications", count)
    return Letter(
        key=f"news:{news[0].row.pk}:{news[-1].row.pk}",
        to=[person.email],
        subject=gettext("Svod: %(about)s")
        % {"about": many % {"count": count} if daily else news[0].text},
        text=render_to_string("staff/mail/news.txt", context),
        html=render_to_string("staff/mail/news.html", context),
    )


def _again(attempts: int, now: datetime) -> datetime | None:
    """When to try again: later and later, at last never."""
    if attempts >= MAX_ATTEMPTS:
        return None
    pause = timedelta(seconds=min(3600, 30 * 2**attempts))
    return now + pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the load, no secret


def _note(rows: Sequence[Notification], **values: datetime | None) -> None:
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(**values)
