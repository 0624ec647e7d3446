"""Working days and hours: the week, the Russian production calendar, moved days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from staff.models import CalendarDay, WorkCalendar
from staff.public_holidays import marked_days
from staff.selectors_calendar import default_calendar, working_time
from staff.working_time import WorkingTime
from svod.base.errors import DomainError

MOSCOW = ZoneInfo("Europe/Moscow")
RUSSIA = WorkingTime(country="RU")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-01-09", "off"),  # moved from 3 January
        ("2026-01-12", "working"),
        ("2026-03-09", "off"),  # the 8th was a Sunday
        ("2026-04-30", "short"),  # the day before a holiday
        ("2026-11-03", "short"),
        ("2026-12-31", "off"),
        ("2024-04-27", "working"),  # a Saturday worked for the 29th
        ("2025-11-01", "short"),  # a Saturday worked for the eve of a holiday
        ("2026-11-28", "off"),
    ],
)
def test_the_russian_production_calendar(day: str, kind: str) -> None:
    assert RUSSIA.kind(date.fromisoformat(day)) == kind


@pytest.mark.parametrize(
    ("year", "working", "short"), [(2024, 248, 5), (2025, 247, 4), (2026, 247, 4)]
)
def test_a_year_has_as_many_working_days_as_the_official_calendar(
    year: int, working: int, short: int
) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=place) for place in range(366)]
    kinds = [RUSSIA.kind(day) for day in days if day.year == year]
    assert len([kind for kind in kinds if kind != "off"]) == working
    assert kinds.count("short") == short


def test_holidays_are_named_in_the_language_asked_for() -> None:
    day = date(2026, 5, 1)
    assert marked_days("RU", 2026, "ru")[day].name == "Праздник Весны и Труда"
    assert marked_days("RU", 2026, "en")[day].name == "Holiday of Spring and Labor"
    assert marked_days("", 2026) == {}


def test_working_days_go_over_weekends_and_the_new_year() -> None:
    assert RUSSIA.shifted(date(2026, 12, 29), 2) == date(2027, 1, 11)
    assert RUSSIA.shifted(date(2027, 1, 11), -2) == date(2026, 12, 29)
    assert RUSSIA.shifted(date(2026, 11, 28), 1) == date(2026, 11, 30)
    assert RUSSIA.shifted(date(2026, 11, 28), -1) == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-24T10:00", 2, "2026-11-24T12:00"),
        ("2026-11-24T12:00", 2, "2026-11-24T15:00"),  # over the break
        ("2026-11-24T17:00", 2, "2026-11-25T10:00"),
        ("2026-11-27T17:00", 2, "2026-11-30T10:00"),  # over the weekend
        ("2026-11-28T12:00", 1, "2026-11-30T10:00"),  # begun on a day off
        ("2026-11-03T16:00", 2, "2026-11-05T10:00"),  # the 3rd ends an hour earlier
        ("2026-11-24T22:00", 8, "2026-11-25T18:00"),
        ("2026-11-25T10:00", -2, "2026-11-24T17:00"),
        ("2026-11-24T15:00", -2, "2026-11-24T12:00"),
        ("2026-11-30T09:00", -1, "2026-11-27T17:00"),
    ],
)
def test_working_hours(start: str, hours: int, end: str) -> None:
    assert RUSSIA.add(at(start), timedelta(hours=hours), MOSCOW) == at(end)


def test_hours_are_wall_clock_hours_of_the_zone_also_over_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = WorkingTime(weekdays=frozenset(range(1, 8)), spans=((time(0), time(8)),))
    start = datetime(2026, 3, 28, 7, tzinfo=berlin)
    # On the 29th the hour from 2 to 3 is skipped: from 0 to 8 are seven hours.
    end = calendar.add(start, timedelta(hours=9), berlin)
    assert end == datetime(2026, 3, 30, 1, tzinfo=berlin)


def test_a_calendar_without_working_days_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(DomainError):
        WorkingTime(weekdays=frozenset()).shifted(date(2026, 1, 1), 1)
    with pytest.raises(DomainError):
        WorkingTime(weekdays=frozenset()).add(at("2026-01-01T00:00"), timedelta(hours=1), MOSCOW)


@pytest.mark.django_db
def test_days_of_the_portals_calendar_win_over_the_country() -> None:
    assert default_calendar().pk is None
    assert working_time().kind(date(2026, 11, 4)) == "off"
    calendar = WorkCalendar.objects.create(name="Завод", is_default=True, lunch_from=None)
    CalendarDay.objects.create(calendar=calendar, date=date(2026, 11, 4), kind="working")
    own = working_time()
    assert own.kind(date(2026, 11, 4)) == "working"
    assert own.spans == ((time(9), time(18)),)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("weekdays", {"weekdays": []}),
        ("weekdays", {"weekdays": [8]}),
        ("closes", {"opens": time(18), "closes": time(9)}),
        ("lunch_to", {"lunch_to": None}),
        ("lunch_to", {"lunch_from": time(8)}),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(field: str, values: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        WorkCalendar(name="x", **values).clean()
    assert list(refused.value.message_dict) == [field]
