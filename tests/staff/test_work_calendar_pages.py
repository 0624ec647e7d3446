"""The working calendar's page: for everybody to see, for administrators to change."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from staff.models import AuditEntry, CalendarDay, Employee, WorkCalendar
from staff.selectors_calendar import working_time

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def boss() -> Employee:
    return Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Бусс")


@pytest.fixture
def petr() -> Employee:
    return Employee.objects.create_user("petr", "petr@svod.example", "x", last_name="Петров")


def signed_in(client: Client, person: Employee) -> Client:
    client.force_login(person)
    return client


def test_everybody_sees_a_year(client: Client, petr: Employee) -> None:
    html = signed_in(client, petr).get(reverse("work_calendar"), {"year": "2026"}).content.decode()
    assert "247" in html
    assert html.count('data-kind="off"') == 118 + 1  # the legend shows one
    assert "День Победы" in html
    assert reverse("work_calendar_day") not in html


@pytest.mark.parametrize("year", ["", "abc", "99999", "-5", "2026'"])
def test_an_odd_year_is_this_year_or_the_nearest(client: Client, petr: Employee, year: str) -> None:
    page = signed_in(client, petr).get(reverse("work_calendar"), {"year": year})
    assert page.status_code == 200


def test_an_administrator_marks_a_day(client: Client, boss: Employee) -> None:
    address = reverse("work_calendar_day") + "?day=2026-11-04"
    assert signed_in(client, boss).get(address, headers=HTMX).status_code == 200
    answer = client.post(address, {"kind": "working", "name": "Аврал"}, headers=HTMX)
    assert answer["HX-Location"] == reverse("work_calendar") + "?year=2026"
    assert working_time().kind(date(2026, 11, 4)) == "working"
    assert "Аврал" in client.get(reverse("work_calendar"), {"year": "2026"}).content.decode()
    assert AuditEntry.objects.filter(event="calendar.changed").exists()
    client.post(address, {"kind": "", "name": ""})
    assert not CalendarDay.objects.exists()


def test_the_week_and_the_hours_are_set(client: Client, boss: Employee) -> None:
    values = {"country": "", "weekdays": ["1", "2", "6"], "opens": "08:00", "closes": "17:00"}
    signed_in(client, boss).post(reverse("work_calendar_week"), values)
    calendar = WorkCalendar.objects.get()
    assert (calendar.weekdays, calendar.country, calendar.lunch_from) == ([1, 2, 6], "", None)


@pytest.mark.parametrize(
    "wrong", [{"closes": "07:00"}, {"weekdays": []}, {"lunch_from": "12:00"}, {"opens": "9 утра"}]
)
def test_a_week_that_makes_no_sense_is_told(client: Client, boss: Employee, wrong: dict) -> None:  # type: ignore[type-arg]
    values = {"country": "RU", "weekdays": ["1"], "opens": "08:00", "closes": "17:00"} | wrong
    answer = signed_in(client, boss).post(reverse("work_calendar_week"), values)
    assert answer.status_code == 422
    assert not WorkCalendar.objects.filter(pk__gt=0, country="RU", weekdays=[1]).exists()


@pytest.mark.parametrize("name", ["work_calendar_day", "work_calendar_week"])
def test_others_change_nothing(client: Client, petr: Employee, name: str) -> None:
    address = reverse(name) + "?day=2026-11-04"
    assert signed_in(client, petr).get(address).status_code == 403
    assert client.post(address, {"kind": "off"}).status_code == 403


@pytest.mark.parametrize("day", ["", "abc", "2026-13-01", "0001-01-01"])
def test_a_day_that_there_is_not(client: Client, boss: Employee, day: str) -> None:
    address = reverse("work_calendar_day")
    assert signed_in(client, boss).get(address, {"day": day}).status_code == 404


def test_the_admin_has_them(client: Client, boss: Employee) -> None:
    WorkCalendar.objects.create(name="Портал", is_default=True)
    page = signed_in(client, boss).get(reverse("admin:staff_workcalendar_changelist"))
    assert page.status_code == 200
