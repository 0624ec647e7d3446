"""Meetings and calls of CRM in the calendar that people subscribe to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crm_link.models import Activity
from crm_link.selectors.activities import Item, due_between
from staff.models import Employee
from workflows.selectors.calendars import CalendarSource, Entry, calendar_sources

Kind = Activity.Kind
LENGTHS = {Kind.CALL: timedelta(minutes=15), Kind.MEETING: timedelta(hours=1)}


@calendar_sources.register
class Meetings(CalendarSource):
    """Those for which the person answers, about items that they see."""

    slug = "crm.activities"

    def entries(self, employee: Employee, start: datetime, end: datetime) -> Iterator[Entry]:
        for one in due_between(employee, {employee.pk}, start, end, kinds=[*LENGTHS]):
            if one.row.deadline is not None:
                yield _entry(one, one.row.deadline)


def _entry(one: Item, start: datetime) -> Entry:
    """From its deadline on; `duration` is told of what has been."""
    row = one.row
    length = timedelta(seconds=row.duration) if row.duration else LENGTHS[Kind(row.kind)]
    return Entry(
        uid=f"activity-{row.pk}@svod",
        title=f"{row.get_kind_display()}: {row.subject}",
        start=start,
        end=start + length,
        changed=row.done_at or row.created_at,
        path=one.url,
        text="\n".join(part for part in (one.name, row.description) if part),
        done=row.done_at is not None,
        busy=row.kind == Kind.MEETING and row.done_at is None,
    )
