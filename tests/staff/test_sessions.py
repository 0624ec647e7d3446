"""Sessions: where a person is signed in, how each ends, and looking as another."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.models import AuditEntry, SessionInfo
from staff.services import sessions

PASSWORD = "wooden-anchor-42"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
pytestmark = pytest.mark.django_db


def signed_in(person, agent=CHROME, address="10.0.0.1"):
    browser = Client(headers={"User-Agent": agent}, REMOTE_ADDR=address)
    browser.post(reverse("sign_in"), {"username": person.email, "password": PASSWORD})
    return browser


def is_in(browser):
    return browser.get(reverse("profile")).status_code == 200


def test_the_list_tells_browser_address_and_which_is_this(world):
    browser = signed_in(world.anna)
    signed_in(world.anna, "Mozilla/5.0 (iPhone) Version/17 Safari/604", "10.0.0.2")
    page = browser.get(reverse("security")).content.decode()
    for words in ("Chrome, Linux", "Safari, iPhone", "10.0.0.1", "10.0.0.2"):
        assert words in page
    assert page.count("sv-badge tone-green") == 1
    assert browser.session.session_key not in page


def test_one_is_ended(world):
    browser, other = signed_in(world.anna), signed_in(world.anna)
    number = SessionInfo.objects.get(session_id=other.session.session_key).pk
    browser.post(reverse("session_end", args=[number]))
    assert is_in(browser)
    assert not is_in(other)
    assert AuditEntry.objects.filter(event="session.ended", actor=world.anna).count() == 1


def test_all_others_are_ended_and_leave_the_list(world):
    browser, other = signed_in(world.anna), signed_in(world.anna)
    browser.post(reverse("sign_out_everywhere"))
    assert is_in(browser)
    assert not is_in(other)
    world.anna.refresh_from_db()
    assert len(sessions.alive(world.anna)) == 1


def test_the_sessions_of_others_cannot_be_ended(world):
    boris = signed_in(world.boris)
    number = SessionInfo.objects.get(employee=world.boris).pk
    assert signed_in(world.anna).post(reverse("session_end", args=[number])).status_code == 404
    assert is_in(boris)


def test_an_administrator_ends_all_of_a_person(world):
    hers = signed_in(world.anna)
    admin = signed_in(world.admin)
    admin.post(reverse("employee_sessions_off", args=[world.anna.pk]))
    assert not is_in(hers)
    assert is_in(admin)
    card = admin.get(reverse("employee_security", args=[world.anna.pk])).content.decode()
    assert "Chrome" not in card


def test_the_list_follows_a_changed_password(world):
    browser, other = signed_in(world.anna), signed_in(world.anna)
    new = "cloudy-mountain-77"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    browser.post(reverse("password_change"), data)
    world.anna.refresh_from_db()
    assert [row.session_id for row in sessions.alive(world.anna)] == [browser.session.session_key]
    assert not is_in(other)


def test_it_is_written_at_most_once_a_minute(world):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        browser = signed_in(world.anna)
    for seconds, seen in [(30, now), (61, now + timedelta(seconds=61))]:
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            browser.get(reverse("profile"))
        assert SessionInfo.objects.get().seen_at == seen


def test_the_row_goes_with_the_session(world):
    browser = signed_in(world.anna)
    browser.post(reverse("sign_out"))
    assert not SessionInfo.objects.exists()
    signed_in(world.anna)
    Session.objects.all().delete()
    assert not SessionInfo.objects.exists()


def test_what_scripts_kept_goes_with_the_session(world):
    """14.3.1"""
    response = signed_in(world.anna).post(reverse("sign_out"), secure=True)
    assert response["Clear-Site-Data"] == '"storage"'


def test_a_session_begun_by_an_older_version_is_listed_when_it_is_used(client, world):
    client.force_login(world.anna)
    SessionInfo.objects.all().delete()
    session = client.session
    del session["svod_seen"], session["svod_started"]
    session.save()
    assert is_in(client)
    assert SessionInfo.objects.get().employee == world.anna


def look_as(client, world, person):
    client.force_login(world.admin)
    return client.post(reverse("employee_look_as", args=[person.pk]))


def test_looking_as_shows_their_portal_with_a_bar(client, world):
    look_as(client, world, world.anna)
    page = client.get(reverse("people"))
    assert page.wsgi_request.user == world.anna
    assert "sv-looking" in page.content.decode()
    assert client.get(reverse("employee_add")).status_code == 403
    client.post(reverse("look_as_stop"))
    page = client.get(reverse("people"))
    assert page.wsgi_request.user == world.admin
    assert "sv-looking" not in page.content.decode()


def test_looking_as_ends_when_the_right_to_it_does(client, world):
    look_as(client, world, world.anna)
    world.anna.is_superuser = True
    world.anna.save()
    assert client.get(reverse("people")).wsgi_request.user == world.admin


def test_nobody_looks_as_an_administrator_or_one_who_is_gone(client, world, make_employee):
    for person in (make_employee("chief", is_superuser=True), world.gone, world.admin):
        assert look_as(client, world, person).status_code == 403
    assert client.get(reverse("people")).wsgi_request.user == world.admin
