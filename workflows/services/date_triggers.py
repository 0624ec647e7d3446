"""Starts by dates in elements: so long before or after, once for each date of each element.

A trigger looks at its list when something may be due (`scan`), at no more rows than a few weeks
of dates around the time since it last looked. A date that is set or moved so that its moment is
past already is taken up by the event of that change (`start_late`). Which of the two comes
first does not matter: the row of `StartedDate` lets one of them start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone
from pydantic import TypeAdapter

from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from staff.selectors_calendar import working_time
from workflows.durations import FRACTIONS, Duration, MaybeDuration, moment_after, moment_before
from workflows.models import Template, Trigger
from workflows.moments import MORNING, moment_of
from workflows.services.starts import CHUNK, allowed, matching, start_many

#: Months and working days are not of one length: how far the first guess may be off.
SLACK = timedelta(days=25)
MINUTE = timedelta(minutes=1)
KINDS = {"date", "datetime"}
CLAIM = """
    INSERT INTO workflows_starteddate (template_id, rule, subject_id, value)
    SELECT %s, %s, given.subject_id, given.value
    FROM unnest(%s::bigint[], %s::text[]) AS given (subject_id, value)
    ON CONFLICT DO NOTHING RETURNING subject_id
"""
Dates = Mapping[int, date]


@dataclass(frozen=True)
class DateRule:
    """A trigger's settings, understood: `{"field": "UNTIL", "shift": {"amount": 30, "unit":
    "days"}, "direction": "before", "at": "09:00", "zone": "Europe/Moscow", "day_off": "keep",
    "late": "start"}`. Raises ValueError for what does not fit."""

    field: str
    shift: Duration | None
    direction: str
    at: time | None
    zone: ZoneInfo
    day_off: str
    late: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> DateRule:
        clock = raw.get("at")
        return cls(
            field=str(raw.get("field", "")),
            shift=TypeAdapter(MaybeDuration).validate_python(raw.get("shift")),
            direction="after" if raw.get("direction") == "after" else "before",
            at=time.fromisoformat(clock) if clock else None,
            zone=ZoneInfo(raw.get("zone") or settings.TIME_ZONE),
            day_off=str(raw.get("day_off") or "keep"),
            late=str(raw.get("late") or "start"),
        )

    @cached_property
    def calendar(self) -> Any:
        by_calendar = self.day_off != "keep" or (self.shift and self.shift.by_calendar)
        return working_time() if by_calendar else None

    def moment(self, value: date) -> datetime:
        return moment_of(
            value, zone=self.zone, shift=self.shift, direction=self.direction, at=self.at,
            day_off=self.day_off, calendar=self.calendar,
        )  # fmt: skip

    def is_alive(self, value: date, moment: datetime, now: datetime) -> bool:
        """Whether a start that comes late still makes sense: until the day of the date, or of
        the moment, is over."""
        day = value.astimezone(self.zone).date() if isinstance(value, datetime) else value
        last = max(day, moment.astimezone(self.zone).date())
        return last >= now.astimezone(self.zone).date()

    def dates_for(self, since: datetime, until: datetime) -> tuple[date, date]:
        """Between which dates those lie whose moments lie between two moments, at most."""
        back = moment_after if self.direction == "before" else moment_before
        ends = [back(one, self.shift, self.calendar, zone=self.zone) if self.shift else one
                for one in (since, until)]  # fmt: skip
        return (ends[0] - SLACK).date(), (ends[1] + SLACK).date()

    def next_look(self, field: SchemaField, now: datetime) -> datetime:
        """When something may be due next: at the rule's time of day, or any minute."""
        hourly = self.shift is not None and self.shift.unit in FRACTIONS
        if hourly or (field.type.slug == "datetime" and self.at is None):
            return now + MINUTE
        here = now.astimezone(self.zone)
        clock = self.at or MORNING
        today = datetime.combine(here.date(), clock, self.zone)
        tomorrow = datetime.combine(here.date() + timedelta(days=1), clock, self.zone)
        return today if today > now else tomorrow

    @property
    def name(self) -> str:
        shift = f"{self.shift.amount.normalize():f}{self.shift.unit}" if self.shift else "0"
        return f"{self.field}:{self.direction}:{shift}"


def scan(trigger: Trigger, now: datetime) -> None:
    """Start on what has come due since the last look; sets when to look next."""
    rule = DateRule.of(trigger.settings)
    field = _field(trigger.template.list, rule)
    if field is None:  # it was deleted: publishing says so
        trigger.next_at = None
        return
    first = trigger.scanned_to is None
    since = trigger.scanned_to or _beginning_of_day(now, rule)
    rows = _rows(trigger.template.list, field, rule.dates_for(min(since, now), now), rule)
    for some in _chunks(rows):
        due = _due(rule, some, now)
        if first:  # made just now: as if all dates had been set this moment
            due = {one: value for one, value in due.items() if _still(rule, value, now)}
        else:
            due = {one: value for one, value in due.items() if rule.moment(value) > since}
        _start(trigger, rule, due, now)
    trigger.scanned_to, trigger.next_at = now, rule.next_look(field, now)


def start_late(trigger: Trigger, ids: Collection[int], fields: set[str], now: datetime) -> None:
    """The elements were made or changed: start where the moment is past, if that is wanted."""
    rule = DateRule.of(trigger.settings)
    field = _field(trigger.template.list, rule)
    if field is None or rule.late != "start" or (fields and field.key not in fields):
        return
    rows = schema_of(trigger.template.list).model.objects.filter(pk__in=ids)  # type: ignore[arg-type]
    dates = rows.exclude(**{field.main_column: None}).values_list("pk", field.main_column)
    due = _due(rule, dict(dates), now)
    alive = {one: value for one, value in due.items() if _still(rule, value, now)}
    _start(trigger, rule, alive, now)


def starter_of(template: Template) -> Employee | None:
    """In whose name nobody's starts are made."""
    version = template.active_version
    people = [template.service_employee, template.created_by]
    people.append(version.published_by if version else None)
    return next((one for one in people if one and one.is_active), None)


def _start(trigger: Trigger, rule: DateRule, due: Dates, now: datetime) -> None:
    template = trigger.template
    if not due or template.is_paused or template.deleted_at:
        return
    starter = starter_of(template)
    wanted = matching(trigger, sorted(due), starter)
    claimed = _claim(template, rule, {one: due[one] for one in wanted})
    start_many(template, starter, allowed(template, claimed, {}), before=[], now=now)


def _claim(template: Template, rule: DateRule, due: Dates) -> list[int]:
    """Those that nobody has started by this date yet, and nobody else can from now on."""
    ids = sorted(due)
    values = [_written(due[one]) for one in ids]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [template.pk, rule.name, ids, values])
        return sorted(row[0] for row in cursor.fetchall())


def _written(value: date) -> str:
    return (value.astimezone(ZoneInfo("UTC")) if isinstance(value, datetime) else value).isoformat()


def _due(rule: DateRule, dates: Dates, now: datetime) -> dict[int, date]:
    return {one: value for one, value in dates.items() if rule.moment(value) <= now}


def _still(rule: DateRule, value: date, now: datetime) -> bool:
    return rule.late == "start" and rule.is_alive(value, rule.moment(value), now)


def _field(list_: List | None, rule: DateRule) -> SchemaField | None:
    field = schema_of(list_).get(rule.field) if list_ else None
    return field if field and field.type.slug in KINDS and not field.multiple else None


def _rows(
    list_: List | None, field: SchemaField, dates: tuple[date, date], rule: DateRule
) -> Iterable[tuple[int, date]]:
    """Number and date of the elements between two dates, a bounded part of the list."""
    first, last = dates
    bounds: tuple[Any, Any] = (first, last)
    if field.type.slug == "datetime":
        bounds = (_start_of(first, rule), _start_of(last + timedelta(days=1), rule))
    model = schema_of(list_).model  # type: ignore[arg-type]
    rows = model.objects.filter(**{f"{field.main_column}__range": bounds}, deleted_at=None)
    return rows.values_list("pk", field.main_column).iterator(chunk_size=CHUNK)


def _start_of(day: date, rule: DateRule) -> datetime:
    return datetime.combine(day, time(), rule.zone)


def _beginning_of_day(now: datetime, rule: DateRule) -> datetime:
    """With a new trigger: dates from today on may still need their start."""
    longest = moment_before(now, rule.shift, rule.calendar, zone=rule.zone) if rule.shift else now
    return min(longest, now) - timedelta(days=1)


def _chunks(rows: Iterable[tuple[int, date]]) -> Iterable[dict[int, date]]:
    some: dict[int, date] = {}
    for pk, value in rows:
        some[pk] = value
        if len(some) == CHUNK:
            yield some
            some = {}
    yield some


def first_look(trigger: Trigger, old: Iterable[Trigger]) -> None:
    """Where a trigger goes on after publishing: where the one before it was, if it is the same;
    from now on if only its shift was changed; else with all dates that are not over."""
    rows = [one for one in old if one.settings.get("field") == trigger.settings.get("field")]
    same = [one for one in rows if one.settings == trigger.settings]
    now = timezone.now()
    trigger.next_at = now
    trigger.scanned_to = same[0].scanned_to if same else now if rows else None
