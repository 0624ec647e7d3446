"""Spans of time: summer time, year ends, 29 February, working days."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from staff.working_time import WorkingTime
from workflows.durations import Duration, duration_text, moment_after, moment_before

BERLIN = ZoneInfo("Europe/Berlin")
RUSSIA = WorkingTime(country="RU")


def span(amount: object, unit: str) -> Duration:
    return Duration.model_validate({"amount": amount, "unit": unit})


def at(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-11-24T09:00", 3, "minutes", "2026-11-24T09:03"),
        ("2026-11-24T09:00", "1,5", "hours", "2026-11-24T10:30"),
        ("2026-12-31T09:00", 1, "days", "2027-01-01T09:00"),
        ("2026-12-31T09:00", 1, "weeks", "2027-01-07T09:00"),
        ("2026-12-31T09:00", 2, "months", "2027-02-28T09:00"),
        ("2027-12-31T09:00", 2, "months", "2028-02-29T09:00"),
        ("2028-02-29T09:00", 12, "months", "2029-02-28T09:00"),
        ("2028-02-28T09:00", 1, "days", "2028-02-29T09:00"),
        # Summer time: a day is a day by the clock, 24 hours are 24 hours.
        ("2026-03-28T12:00", 1, "days", "2026-03-29T12:00"),
        ("2026-03-28T12:00", 24, "hours", "2026-03-29T13:00"),
        ("2026-10-24T12:00", 24, "hours", "2026-10-25T11:00"),
        ("2026-03-28T02:30", 1, "days", "2026-03-29T03:30"),  # 02:30 is skipped
        ("2026-11-27T18:30", 1, "working_days", "2026-11-30T18:30"),
        ("2026-12-30T10:00", 1, "working_days", "2027-01-11T10:00"),
        ("2026-11-27T17:00", 2, "working_hours", "2026-11-30T10:00"),
    ],
)
def test_after(start: str, amount: object, unit: str, end: str) -> None:
    assert moment_after(at(start), span(amount, unit), RUSSIA, zone=BERLIN) == at(end)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2027-01-05T09:00", 10, "days", "2026-12-26T09:00"),
        ("2028-03-31T09:00", 1, "months", "2028-02-29T09:00"),
        ("2027-01-15T09:00", 1, "months", "2026-12-15T09:00"),
        ("2026-03-30T12:00", 1, "days", "2026-03-29T12:00"),
        ("2027-01-11T10:00", 1, "working_days", "2026-12-30T10:00"),
        ("2026-11-30T10:00", 2, "working_hours", "2026-11-27T17:00"),
    ],
)
def test_before(start: str, amount: object, unit: str, end: str) -> None:
    assert moment_before(at(start), span(amount, unit), RUSSIA, zone=BERLIN) == at(end)


def test_of_a_doubled_hour_the_first_one_is_meant() -> None:
    moment = moment_after(at("2026-10-24T02:30"), span(1, "days"), zone=BERLIN)
    assert moment.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_zone_decides_which_day_it_is() -> None:
    start = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)  # Saturday 01:30 in Moscow
    moscow, utc = ZoneInfo("Europe/Moscow"), ZoneInfo("UTC")
    day = span(1, "working_days")
    assert moment_after(start, day, RUSSIA, zone=utc).date().isoformat() == "2026-11-30"
    assert moment_after(start, day, RUSSIA, zone=moscow).date().isoformat() == "2026-11-30"
    late = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)  # Friday in Moscow, Thursday in London
    assert moment_after(late, day, RUSSIA, zone=utc).date().isoformat() == "2026-11-27"
    assert moment_after(late, day, RUSSIA, zone=moscow).date().isoformat() == "2026-11-30"


@pytest.mark.parametrize(
    "raw",
    [
        {"amount": -1, "unit": "days"},
        {"amount": 1.5, "unit": "days"},
        {"amount": 10**9, "unit": "minutes"},
        {"amount": "NaN", "unit": "days"},
        {"amount": "Infinity", "unit": "hours"},
        {"amount": "soon", "unit": "days"},
        {"amount": 1, "unit": "centuries"},
        {"amount": 1},
        {"amount": True, "unit": "days", "more": 1},
    ],
)
def test_what_is_no_duration_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Duration.model_validate(raw)


@pytest.mark.parametrize("unit", ["months", "working_days", "working_hours", "minutes"])
def test_the_longest_spans_are_counted_at_once(unit: str) -> None:
    from workflows.durations import LIMITS

    longest = span(LIMITS[unit], unit)
    assert moment_after(at("2026-11-24T09:00"), longest, RUSSIA, zone=BERLIN).year < 2130
    assert moment_before(at("2126-11-24T09:00"), longest, RUSSIA, zone=BERLIN).year > 2000


def test_in_words() -> None:
    assert duration_text({"amount": 3, "unit": "working_days"}).startswith("3 ")
