"""How a line did in a period: conversations that began in it, by day, operator and channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, F, Q, QuerySet
from django.db.models.functions import TruncDate

from openlines.models import Channel, Conversation, Line
from staff.models import Employee

State = Conversation.State


class Median(Aggregate):
    """The middle value; of two in the middle what lies between them."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


FIGURES = {
    "number": Count("pk"),
    "closed": Count("pk", filter=Q(state=State.CLOSED)),
    "answered": Count("answered_at"),
    "first": Median(F("answered_at") - F("opened_at"), output_field=DurationField()),
    "votes": Count("vote"),
    "average": Avg("vote"),
}


@dataclass(frozen=True)
class Period:
    """`since` and `until` are moments, the second one not included."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Figures:
    """`first` is the median time to the first answer of a person, `average` that of the votes."""

    number: int = 0
    closed: int = 0
    answered: int = 0
    first: timedelta | None = None
    votes: int = 0
    average: float | None = None

    @property
    def unanswered(self) -> int:
        return self.number - self.answered


@dataclass(frozen=True)
class Row:
    """`what` is an employee (None: nobody answers), a channel or a day."""

    what: Any
    figures: Figures


@dataclass(frozen=True)
class Statistics:
    total: Figures
    by_day: Sequence[Row]
    by_operator: Sequence[Row]
    by_channel: Sequence[Row]


def statistics_of(line: Line, period: Period) -> Statistics:
    """Six queries, however long the period."""
    rows = Conversation.objects.filter(
        line=line, opened_at__gte=period.since, opened_at__lt=period.until
    ).order_by()
    operators = _grouped(rows, "operator")
    channels = _grouped(rows, "channel")
    people = Employee.objects.in_bulk([pk for pk in operators if pk])
    known = Channel.objects.in_bulk(list(channels))
    return Statistics(
        total=Figures(**rows.aggregate(**FIGURES)),
        by_day=_days(_grouped(rows.annotate(day=TruncDate("opened_at")), "day"), period),
        by_operator=_ranked({people.get(pk or 0): one for pk, one in operators.items()}),
        by_channel=_ranked({known.get(pk): one for pk, one in channels.items()}),
    )


def _grouped(rows: QuerySet[Conversation], name: str) -> dict[Any, Figures]:
    found = rows.values(name).annotate(**FIGURES)
    return {row[name]: Figures(**{figure: row[figure] for figure in FIGURES}) for row in found}


def _ranked(found: Mapping[Any, Figures]) -> list[Row]:
    """The busiest first."""
    rows = [Row(what, figures) for what, figures in found.items()]
    return sorted(rows, key=lambda row: (-row.figures.number, str(row.what or "я")))


def _days(found: Mapping[date, Figures], period: Period) -> list[Row]:
    """Every day of the period, also those on which nobody wrote."""
    first, last = period.since.date(), (period.until - timedelta(microseconds=1)).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Row(day, found.get(day, Figures())) for day in days]
