"""How the engine does: what is due and late, what cannot be sent, who works, how much gets done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from lists_core.models import OutboxEvent
from staff.models import Employee
from staff.selectors import require_administrator
from workflows.models import Heartbeat, Instance, Outgoing, StepLog, Trigger, Wake
from workflows.models.heartbeats import AWAY

DAYS = 14
COUNTED = 10_000
#: Something due for longer than this says that nobody works, or not fast enough.
LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """A queue: how many wait (counting stops at COUNTED) and since when the oldest does."""

    number: int
    oldest: datetime | None
    now: datetime

    @property
    def more(self) -> bool:
        return self.number > COUNTED

    @property
    def late(self) -> bool:
        return self.oldest is not None and self.now - self.oldest > LATE


@dataclass(frozen=True)
class Worker:
    beat: Heartbeat
    away: bool


@dataclass(frozen=True)
class Day:
    """What happened on one day of the reader's calendar."""

    day: date
    started: int
    finished: int
    failed: int


@dataclass(frozen=True)
class Health:
    due: Line
    timers: int
    next_timer: datetime | None
    parked: int
    events: Line
    schedules: Line
    outgoing: Line
    not_sent: int
    workers: list[Worker]
    days: list[Day]

    @property
    def counted(self) -> int:
        return COUNTED

    @property
    def alive(self) -> int:
        return sum(not worker.away for worker in self.workers)


def health(actor: Employee, now: datetime | None = None) -> Health:
    """For administrators. A fixed number of queries, each over an index. Raises Forbidden."""
    require_administrator(actor)
    now = now or timezone.now()
    wakes = Wake.objects.filter(parked=False)
    sending = Outgoing.objects.filter(state=Outgoing.State.NEW)
    timers = wakes.filter(due_at__gt=now)
    return Health(
        due=_line(wakes.filter(due_at__lte=now), "due_at", now),
        timers=_count(timers),
        next_timer=timers.aggregate(first=Min("due_at"))["first"],
        parked=_count(Wake.objects.filter(parked=True)),
        events=_line(OutboxEvent.objects.filter(handled=False), "at", now),
        schedules=_line(Trigger.objects.filter(next_at__lte=now), "next_at", now),
        outgoing=_line(sending.filter(next_at__lte=now), "next_at", now),
        not_sent=_count(Outgoing.objects.filter(state=Outgoing.State.FAILED)),
        workers=[Worker(one, now - one.seen_at > AWAY) for one in Heartbeat.objects.all()],
        days=throughput(now),
    )


def throughput(now: datetime) -> list[Day]:
    """The last DAYS days, the oldest first."""
    today = timezone.localdate(now)
    first = today - timedelta(days=DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    started = _by_day(Instance.objects.filter(created_at__gte=since), "created_at")
    finished = _by_day(Instance.objects.filter(finished_at__gte=since), "finished_at")
    failed = _by_day(StepLog.objects.filter(event="failed", at__gte=since), "at")
    days = (first + timedelta(days=number) for number in range(DAYS))
    return [Day(day, started.get(day, 0), finished.get(day, 0), failed.get(day, 0)) for day in days]


def _by_day(rows: QuerySet[Any], column: str) -> dict[date, int]:
    counted = rows.order_by().annotate(day=TruncDate(column)).values("day")
    return {row["day"]: row["number"] for row in counted.annotate(number=Count("pk"))}


def _line(rows: QuerySet[Any], column: str, now: datetime) -> Line:
    oldest = rows.order_by(column).values_list(column, flat=True).first()
    return Line(_count(rows) if oldest else 0, oldest, now)


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: COUNTED + 1].count()
