"""Deadlines as calendars read them, and what upper apps add to a person's calendar:

calendar_sources.register(Meetings())
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from staff.models import Employee
from svod.base.registry import Registry
from workflows.models import CalendarFeed, Task
from workflows.selectors.tasks import deadlines

PAST, AHEAD = timedelta(days=31), timedelta(days=400)
MOST = 1000
LENGTH = timedelta(minutes=30)


@dataclass(frozen=True)
class Entry:
    """What stands in a calendar; `changed` is when it last became what it is, `path` its page.
    `busy`: the person has no time for anything else then."""

    uid: str
    title: str
    start: datetime
    end: datetime
    changed: datetime
    path: str
    text: str = ""
    done: bool = False
    busy: bool = False


class CalendarSource:
    """What of an upper app stands in its people's calendars."""

    slug: str = ""

    def entries(self, employee: Employee, start: datetime, end: datetime) -> Iterable[Entry]:
        """Of this person and as they may see it, between the two; a fixed number of queries."""
        raise NotImplementedError(f"{type(self).__name__} has no entries")


calendar_sources: Registry[CalendarSource] = Registry("calendar source")


def token_hash(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough."""
    return sha256(token.encode()).hexdigest()


def feed_of(token: str) -> CalendarFeed | None:
    """The address that the token opens; none for a person who was deactivated."""
    feeds = CalendarFeed.objects.select_related("employee")
    return feeds.filter(token_hash=token_hash(token), employee__is_active=True).first()


def calendar_text(employee: Employee, *, portal: str) -> bytes:
    """The employee's deadlines and meetings as an iCalendar file; `portal` begins the links. The
    same ones give the same bytes."""
    now = timezone.now()
    calendar = Calendar()
    calendar.add("prodid", "-//Svod//Tasks//RU")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Tasks"))
    for entry in _near(employee, now - PAST, now + AHEAD):
        calendar.add_component(_event(entry, portal))
    return bytes(calendar.to_ical())


def _near(employee: Employee, start: datetime, end: datetime) -> list[Entry]:
    found = [_of_task(task) for task in deadlines(employee, start, end)[:MOST]]
    for source in calendar_sources:
        found += source.entries(employee, start, end)
    return found


def _of_task(task: Task) -> Entry:
    """Half an hour that ends at the deadline."""
    deadline = task.deadline or task.created_at
    return Entry(
        uid=f"task-{task.pk}@svod",
        title=task.title,
        start=deadline - LENGTH,
        end=deadline,
        changed=task.finished_at or task.created_at,
        path=f"/tasks/{task.pk}/",
        text=task.body,
        done=not task.is_open,
    )


def _event(entry: Entry, portal: str) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("summary", ("✓ " if entry.done else "") + entry.title)
    event.add("url", f"{portal}{entry.path}")
    event.add("description", f"{entry.text}\n{portal}{entry.path}".strip())
    event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    return event
