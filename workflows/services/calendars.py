"""The secret address of a person's calendar: made, replaced, taken back by that person alone."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

from django.utils import timezone

from staff.models import Employee
from workflows.models import CalendarFeed
from workflows.selectors.calendars import token_hash

TOKEN_BYTES = 32
NOTED = timedelta(hours=1)


def new_feed(*, actor: Employee) -> str:
    """A new token, shown now and never again; an older one stops working."""
    token = token_urlsafe(TOKEN_BYTES)
    fresh = {"token_hash": token_hash(token), "created_at": timezone.now(), "read_at": None}
    CalendarFeed.objects.update_or_create(employee=actor, defaults=fresh)
    return token


def revoke_feed(*, actor: Employee) -> None:
    CalendarFeed.objects.filter(employee=actor).delete()


def note_read(feed: CalendarFeed) -> None:
    """Once an hour at most: programs ask often."""
    now = timezone.now()
    if feed.read_at is None or feed.read_at < now - NOTED:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
