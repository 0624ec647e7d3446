"""A-45, A-66…A-70 of the security reference: the ways in, attacked.

tests/staff/test_sign_in*.py, test_passwords.py and test_sessions.py hold the rest of A-45 (targets
of `next`), A-66 (locks by name and by address, the victim elsewhere, forged headers) and A-67 (the
reset's letter, the hash an unknown name costs).
"""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.models import AuditEntry, Employee
from staff.services import passwords
from tests.staff.mfa_helpers import code, give_app, recovery_codes, wrong_code

PASSWORD = "wooden-anchor-42"
NAME = "anna@svod.example"
pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return Employee.objects.create_user(NAME, NAME, PASSWORD, first_name="Анна")


@pytest.fixture
def admin(db):
    values = {"first_name": "Админ", "is_superuser": True, "is_staff": True}
    return Employee.objects.create_user(
        "admin@svod.example", "admin@svod.example", PASSWORD, **values
    )


@pytest.fixture
def protected(anna):
    """Anna with an app and recovery codes."""
    give_app(anna)
    return anna


def first_step(client, password=PASSWORD, **more):
    return client.post(reverse("sign_in"), {"username": NAME, "password": password}, **more)


def second_step(client, typed, **more):
    return client.post(reverse("sign_in_second"), {"code": typed}, **more)


def is_in(client):
    return client.get(reverse("profile")).status_code == 200


def at_once(count, work):
    """Run `work(number)` in so many threads at once; their connections are closed."""

    def run(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


# --- A-45 -------------------------------------------------------------------------------

LEAVING = ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=1"]


@pytest.mark.parametrize("target", LEAVING)
def test_a45_next_stays_here_after_the_second_step(client, protected, target):
    client.post(reverse("sign_in"), {"username": NAME, "password": PASSWORD, "next": target})
    answer = second_step(client, code())
    assert answer.url.startswith("/")
    assert not answer.url.startswith(("//", "/\\"))
    assert "x=1" not in str(answer.cookies)


# --- A-66 -------------------------------------------------------------------------------


def test_a66_two_hundred_guesses_with_rotating_headers(client, anna):
    answers = [
        first_step(client, f"guess-{number}", headers={"X-Forwarded-For": f"1.2.3.{number}"})
        for number in range(200)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(422) == settings.AXES_FAILURE_LIMIT - 1
    assert set(statuses[settings.AXES_FAILURE_LIMIT :]) == {429}
    assert first_step(client, REMOTE_ADDR="10.9.9.9").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a66_fifty_guesses_at_once(anna, monkeypatch):
    checked = []

    def check(person, password):
        checked.append(password)
        time.sleep(0.05)  # what a hash of production costs; a guess may slip in meanwhile
        return False

    monkeypatch.setattr(Employee, "check_password", check)
    statuses = at_once(50, lambda number: first_step(Client(), f"g{number}").status_code)
    assert len(checked) == settings.AXES_FAILURE_LIMIT
    assert statuses.count(429) == 50 - settings.AXES_FAILURE_LIMIT + 1


def test_a66_the_log_names_failures_and_the_lock_but_no_typed_name(client, anna):
    for _ in range(20):
        first_step(client, "wrong")
    client.post(reverse("sign_in"), {"username": "my-password", "password": "x"})
    events = list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))
    assert events.count("sign_in.locked") == 1
    assert events.count("sign_in.failed") == settings.AXES_FAILURE_LIMIT
    assert {row.subject for row in AuditEntry.objects.all()} == {f"employee:{anna.pk}", ""}
    assert "my-password" not in str(list(AuditEntry.objects.values()))


# --- A-67 -------------------------------------------------------------------------------


def test_a67_a_wrong_password_does_not_tell_of_a_second_factor(client, protected, admin):
    pages = []
    for name in (NAME, "admin@svod.example", "nobody@svod.example"):
        answer = client.post(reverse("sign_in"), {"username": name, "password": "wrong"})
        text = answer.content.decode().replace(name, "NAME")
        pages.append(
            (answer.status_code, re.sub(r'(middlewaretoken"|csrf-token") \w+="\w*"', "", text))
        )
    assert pages[0] == pages[1] == pages[2]


def test_a67_the_second_step_tells_nothing_to_those_without_the_first(client, protected):
    assert client.get(reverse("sign_in_second")).url == reverse("sign_in")
    options = client.get(reverse("sign_in_passkey")).json()["publicKey"]
    assert not options.get("allowCredentials")


# --- A-68 -------------------------------------------------------------------------------


def test_a68_the_key_is_new_after_each_step(client, protected):
    client.get(reverse("sign_in_passkey"))
    keys = [client.session.session_key]
    first_step(client)
    keys.append(client.session.session_key)
    second_step(client, code())
    keys.append(client.session.session_key)
    assert len({*keys}) == 3
    for old in keys[:2]:
        other = Client()
        other.cookies[settings.SESSION_COOKIE_NAME] = old
        assert not is_in(other)


@pytest.mark.parametrize("how", ["sign_out", "password", "deactivation", "everywhere"])
def test_a68_a_stolen_session_dies(client, anna, how):
    first_step(client)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key
    assert is_in(thief)
    new = "cloudy-mountain-77"
    if how == "sign_out":
        client.post(reverse("sign_out"))
    elif how == "password":
        data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        client.post(reverse("password_change"), data)
    elif how == "everywhere":
        client.post(reverse("sign_out_everywhere"))
    else:
        Employee.objects.filter(pk=anna.pk).update(is_active=False)
    assert not is_in(thief)


def test_a68_idle_sessions_end(client, anna):
    now = timezone.now()
    for hours, alive in [(0, True), (11, True), (22, True), (34.1, False), (34.2, False)]:
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            if not hours:
                first_step(client)
            assert is_in(client) is alive


def test_a68_no_session_outlives_the_limit(client, anna):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        first_step(client)
    for hours in range(11, 14 * 24 + 12, 11):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            assert is_in(client) is (hours <= 14 * 24)


def test_a68_the_cookie_has_its_marks(client, anna):
    first_step(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["domain"] == ""


def test_a68_a_strangers_session_does_not_last(client, protected):
    for ask in (lambda: client.get(reverse("sign_in_passkey")), lambda: first_step(client)):
        ask()
        assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] <= 600
    second_step(client, code())
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == settings.SESSION_COOKIE_AGE


# --- A-69 -------------------------------------------------------------------------------


def test_a69_the_password_alone_opens_no_address(client, protected):
    assert first_step(client).url == reverse("sign_in_second")
    assert "_auth_user_id" not in client.session
    for name in ("home", "profile", "security", "people", "security_app", "reauthenticate"):
        assert client.get(reverse(name)).url.startswith(reverse("sign_in"))
    assert second_step(client, code()).url == "/"
    assert is_in(client)


def test_a69_the_first_step_does_not_wait_for_ever(client, protected):
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        first_step(client)
    session = client.session
    session.set_expiry(3600)  # the cookie's own end is not what is tested
    session.save()
    assert second_step(client, code()).url == reverse("sign_in")
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"session_epoch": 7}, {"password": "x"}])
def test_a69_the_first_step_dies_with_the_account(client, protected, change):
    first_step(client)
    Employee.objects.filter(pk=protected.pk).update(**change)
    assert second_step(client, code()).url == reverse("sign_in")


def test_a69_a_code_works_once_and_none_older(client, protected):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        used, older = code(), code(steps=-1)
        first_step(client)
        assert second_step(client, used).status_code == 302
        for replayed in (used, older):
            other = Client()
            first_step(other)
            assert second_step(other, replayed).status_code == 422
    with time_machine.travel(now + timedelta(seconds=29), tick=False):
        other = Client()
        first_step(other)
        assert second_step(other, used).status_code == 422


def test_a69_guesses_are_counted_by_person_from_wherever(protected):
    statuses = []
    for number in range(30):
        client = Client(REMOTE_ADDR=f"10.0.0.{number}")
        first_step(client)
        typed = {"code": wrong_code(), "username": f"name{number}"}
        statuses.append(client.post(reverse("sign_in_second"), typed).status_code)
    limit = settings.AXES_FAILURE_LIMIT
    assert statuses == [422] * limit + [429] * (30 - limit)
    assert second_step(client, code()).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        first_step(client)
        assert second_step(client, code()).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a69_guesses_at_once(protected):
    client = Client()
    first_step(client)
    cookie, typed = client.cookies[settings.SESSION_COOKIE_NAME].value, wrong_code()

    def guess(number):
        other = Client()
        other.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return second_step(other, typed).status_code

    assert at_once(30, guess).count(422) == settings.AXES_FAILURE_LIMIT


@pytest.mark.django_db(transaction=True)
def test_a69_one_code_at_once_lets_one_in(protected):
    browsers = [Client() for _ in range(8)]
    for browser in browsers:
        first_step(browser)
    typed = code()
    statuses = at_once(8, lambda number: second_step(browsers[number], typed).status_code)
    assert statuses.count(302) == 1


def test_a69_a_recovery_code_works_once(client, protected):
    spare, *rest = recovery_codes(protected)
    first_step(client)
    assert second_step(client, f" {spare[:5]}-{spare[5:]} ").status_code == 302
    other = Client()
    first_step(other)
    assert second_step(other, spare).status_code == 422
    assert recovery_codes(protected) == rest


def test_a69_a_reset_by_mail_does_not_pass_the_second_step(client, protected):
    passwords.send_reset(NAME, portal="http://testserver")
    link = re.search(r"/password/set/\S+", mail.outbox[0].body).group()
    form = client.get(link, follow=True)
    new = "cloudy-mountain-77"
    client.post(form.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    assert not is_in(client)
    assert first_step(client, new).url == reverse("sign_in_second")
    assert not is_in(client)


# --- A-70 -------------------------------------------------------------------------------

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://sub.testserver"},
    {},
]
FORMS = ["sign_in", "sign_in_second", "sign_in_passkey", "reauthenticate", "sign_out",
         "security_codes", "sign_out_everywhere", "look_as_stop"]  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN, ids=["foreign", "null", "subdomain", "no token"])
@pytest.mark.parametrize("name", FORMS)
def test_a70_forms_of_others_are_refused(anna, name, headers):
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)
    for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
        answer = client.post(reverse(name), "{}", content_type=kind, headers=headers)
        assert answer.status_code == 403
    assert is_in(client)
