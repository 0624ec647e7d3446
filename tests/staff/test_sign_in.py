"""Sign-in: who gets in, what the refused learn, and where guessing stops."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps

import pytest
import time_machine
from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from staff.models import Employee

PASSWORD = "wooden-anchor-42"
pytestmark = pytest.mark.django_db


def sign_in(client, username, password=PASSWORD, **more):
    address = more.pop("address", "10.0.0.1")
    data = {"username": username, "password": password} | more
    return client.post(reverse("sign_in"), data, REMOTE_ADDR=address)


@pytest.mark.parametrize("name", ["anna@svod.example", "ANNA@Svod.Example", " anna@svod.example "])
def test_email_opens_the_portal_in_any_case(client, world, name):
    response = sign_in(client, name)
    assert (response.status_code, response.url) == (302, resolve_url(settings.LOGIN_REDIRECT_URL))
    assert client.session["_auth_user_id"] == str(world.anna.pk)


def test_a_login_opens_it_too(client, make_employee):
    Employee.objects.filter(pk=make_employee("vera").pk).update(username="vera")
    assert sign_in(client, "Vera").status_code == 302


def test_an_email_goes_before_a_foreign_login_of_the_same_spelling(client, make_employee):
    victim, other = make_employee("vera"), make_employee("oleg")
    Employee.objects.filter(pk=victim.pk).update(username="vera")
    Employee.objects.filter(pk=other.pk).update(username="vera@svod.example")
    sign_in(client, "vera@svod.example")
    assert client.session["_auth_user_id"] == str(victim.pk)


def test_signing_in_starts_a_new_session(client, world):
    client.get(reverse("sign_in"))
    client.cookies[settings.SESSION_COOKIE_NAME] = "chosen-by-an-attacker"
    sign_in(client, "anna@svod.example")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "chosen-by-an-attacker"


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/people/?q=1", True),
        ("//evil.example/", False),
        ("https://evil.example/", False),
        ("/\\evil.example", False),
        ("javascript:alert(1)", False),
    ],
)
def test_next_leads_only_to_this_host(client, world, target, kept):
    response = sign_in(client, "anna@svod.example", next=target)
    assert response.url == (target if kept else resolve_url(settings.LOGIN_REDIRECT_URL))


def test_next_carries_no_header(client, world):
    response = sign_in(client, "anna@svod.example", next="/a\r\nX-Evil: 1")
    assert "X-Evil" not in response.headers
    assert "\n" not in response.url


def masked(response, name):
    """The answer without the typed name, the CSRF tokens and the request's id."""
    text = response.content.decode().replace(name, "NAME")
    text = re.sub(r'(name="csrfmiddlewaretoken" value|name="csrf-token" content)="\w*"', "", text)
    return response.status_code, text


def test_a_wrong_password_an_unknown_name_and_a_deactivated_person_read_the_same(client, world):
    names = ["anna@svod.example", "nobody@svod.example", "gone@svod.example"]
    wrong = [masked(sign_in(client, name, "wrong"), name) for name in names]
    right_but_gone = masked(sign_in(client, names[2]), names[2])
    assert wrong[0][0] == 422
    assert wrong[0] == wrong[1] == wrong[2] == right_but_gone


@pytest.fixture
def count_calls(monkeypatch):
    """Counts the calls of a function while it goes on working."""

    @contextmanager
    def count(path):
        owner_path, name = path.rsplit(".", 1)
        owner = import_string(owner_path)
        original, calls = getattr(owner, name), []

        @wraps(original)
        def counted(*args, **kwargs):
            calls.append(args)
            return original(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(owner, name, counted)
            yield calls

    return count


def test_an_unknown_name_costs_a_hash_as_well(client, world, count_calls):
    with count_calls("django.contrib.auth.hashers.MD5PasswordHasher.encode") as known:
        sign_in(client, "anna@svod.example", "wrong")
    with count_calls("django.contrib.auth.hashers.MD5PasswordHasher.encode") as unknown:
        sign_in(client, "nobody@svod.example", "wrong")
    assert len(known) == len(unknown) == 1


def lock(client, name="anna@svod.example", address="10.0.0.1"):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, name, "wrong", address=address)
    return response


def test_guessing_is_locked_with_the_time_to_wait(client, world):
    response = lock(client)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 15 * 60
    assert "15" in response.content.decode()
    assert sign_in(client, "anna@svod.example").status_code == 429


def test_case_and_blanks_do_not_give_new_attempts(client, world):
    lock(client)
    assert sign_in(client, " ANNA@svod.example ").status_code == 429


def test_the_victim_gets_in_from_another_address(client, world):
    lock(client)
    assert sign_in(client, "anna@svod.example", address="10.0.0.2").status_code == 302


def test_a_colleague_gets_in_from_the_same_address(client, world):
    lock(client)
    assert sign_in(client, "boris@svod.example").status_code == 302


def test_the_lock_ends_even_if_someone_keeps_trying(client, world):
    now = timezone.now()
    with time_machine.travel(now):
        lock(client)
    with time_machine.travel(now + timedelta(minutes=10)):
        assert sign_in(client, "anna@svod.example").status_code == 429
    with time_machine.travel(now + timedelta(minutes=16)):
        assert sign_in(client, "anna@svod.example").status_code == 302


def test_a_success_forgives_earlier_failures(client, world):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in(client, "anna@svod.example", "wrong")
    sign_in(client, "anna@svod.example")
    client.logout()
    assert sign_in(client, "anna@svod.example", "wrong").status_code == 422


def test_one_guess_at_many_names_is_locked_by_address(client, world, settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 10
    for number in range(10):
        sign_in(client, f"someone{number}@svod.example", "wrong")
    assert sign_in(client, "anna@svod.example").status_code == 429
    assert sign_in(client, "anna@svod.example", address="10.0.0.2").status_code == 302


def test_a_forged_forwarded_header_does_not_change_the_address(client, world):
    lock(client)
    data = {"username": "anna@svod.example", "password": PASSWORD}
    forged = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4"}
    assert client.post(reverse("sign_in"), data, **forged).status_code == 429


@pytest.mark.parametrize("name", ["\0", "a\0b@svod.example", "x" * 5000, "🙂", "\u200f"])
def test_odd_names_are_refused_politely(client, world, name):
    assert sign_in(client, name).status_code == 422


def test_signing_out_takes_a_post(client, world):
    client.force_login(world.anna)
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out")).url == reverse("sign_in")
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_sign_in_page_of_its_own(client, world):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("sign_in"))
