"""The secret address of a person's deadlines."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from staff.models import Employee
from tests.workflows.test_tasks import asked, ids, person, say
from workflows.models import CalendarFeed

pytestmark = pytest.mark.django_db
TERM = {"period": {"amount": 10, "unit": "hours"}}


@pytest.fixture
def petr(client: Client) -> Employee:
    petr = person("petr")
    client.force_login(petr)
    return petr


def made(client: Client) -> str:
    """The address as the page shows it, once."""
    answer = client.post(reverse("calendar_feed_new"))
    assert "no-store" in answer["Cache-Control"]
    found = re.search(r'value="http://testserver(/calendars/[^"]+)"', answer.content.decode())
    assert found
    return found[1]


def read(address: str, **headers: str) -> Any:
    """As a calendar program: without a session."""
    return Client().get(address, headers=headers)


def test_it_holds_the_deadlines_of_its_owner(client: Client, petr: Employee) -> None:
    anna = person("anna")
    task = asked(anna, people=ids(petr), title="Счёт, 15", **TERM)
    asked(anna, people=ids(anna), title="Чужое", **TERM)
    answer = read(made(client))
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == "Счёт, 15"
    assert event.decoded("dtend") == task.deadline
    assert str(event["url"]).endswith(reverse("task", args=[task.pk]))


def test_nothing_new_is_not_sent_again(client: Client, petr: Employee) -> None:
    task = asked(person("anna"), people=ids(petr), **TERM)
    address = made(client)
    etag = read(address)["ETag"]
    again = read(address, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    say(task, petr)
    assert read(address, if_none_match=etag).status_code == 200


def test_the_token_is_shown_once_and_kept_hashed(client: Client, petr: Employee) -> None:
    address = made(client)
    token = address.rsplit("/", 1)[-1].removesuffix(".ics")
    assert token not in str(CalendarFeed.objects.values().get())
    assert token not in client.get(reverse("tasks_calendar")).content.decode()


def test_a_new_address_replaces_the_old_one_and_can_be_taken_back(
    client: Client, petr: Employee
) -> None:
    first, second = made(client), made(client)
    assert read(first).status_code == 404
    assert read(second).status_code == 200
    client.post(reverse("calendar_feed_revoke"))
    assert read(second).status_code == 404


def test_the_feed_of_a_deactivated_person_is_dead(client: Client, petr: Employee) -> None:
    address = made(client)
    Employee.objects.filter(pk=petr.pk).update(is_active=False)
    assert read(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "a" * 300])
def test_guessed_tokens_open_nothing(petr: Employee, token: str) -> None:
    assert read(f"/calendars/{token}.ics").status_code == 404
