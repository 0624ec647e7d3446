"""Deadlines as calendars read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from staff.models import Employee
from workflows.models import CalendarFeed, Task
from workflows.selectors.tasks import deadlines

PAST, AHEAD = timedelta(days=31), timedelta(days=400)
MOST = 1000
LENGTH = timedelta(minutes=30)


def token_hash(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough."""
    return sha256(token.encode()).hexdigest()


def feed_of(token: str) -> CalendarFeed | None:
    """The address that the token opens; none for a person who was deactivated."""
    feeds = CalendarFeed.objects.select_related("employee")
    return feeds.filter(token_hash=token_hash(token), employee__is_active=True).first()


def calendar_text(employee: Employee, *, portal: str) -> bytes:
    """The employee's deadlines as an iCalendar file; `portal` begins the links. The same tasks
    give the same bytes."""
    now = timezone.now()
    calendar = Calendar()
    calendar.add("prodid", "-//Svod//Tasks//RU")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Tasks"))
    for task in _near(employee, now):
        calendar.add_component(_event(task, portal))
    return bytes(calendar.to_ical())


def _near(employee: Employee, now: datetime) -> QuerySet[Task]:
    return deadlines(employee, now - PAST, now + AHEAD)[:MOST]


def _event(task: Task, portal: str) -> Event:
    """Half an hour that ends at the deadline."""
    event = Event()
    deadline = task.deadline or task.created_at
    done = "" if task.is_open else "✓ "
    event.add("uid", f"task-{task.pk}@svod")
    event.add("dtstamp", task.finished_at or task.created_at)
    event.add("dtstart", deadline - LENGTH)
    event.add("dtend", deadline)
    event.add("summary", done + task.title)
    event.add("url", f"{portal}/tasks/{task.pk}/")
    event.add("description", f"{task.body}\n{portal}/tasks/{task.pk}/".strip())
    event.add("transp", "TRANSPARENT")
    return event
