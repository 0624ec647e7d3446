"""Re-authentication: what is asked, whom it lets on, where guessing stops."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from staff import reauth
from staff.models import Employee
from svod.base.errors import Forbidden

PASSWORD = "wooden-anchor-42"
PAGE = {"Accept": "text/html"}
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
pytestmark = pytest.mark.django_db


@reauth.require_recent
def dangerous(request):
    return HttpResponse("done")


@pytest.fixture
def person(make_employee):
    return make_employee("anna")


def request_of(person, *, method="get", session=None, **headers):
    request = getattr(RequestFactory(headers=headers), method)("/secret/?a=1")
    request.user, request.session = person, {} if session is None else session
    return request


def test_a_sign_in_counts_for_fifteen_minutes(client, person):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        client.force_login(person)
    session = dict(client.session)
    with time_machine.travel(now + reauth.FRESH, tick=False):
        assert dangerous(request_of(person, session=session)).content == b"done"
    with time_machine.travel(now + reauth.FRESH + timedelta(seconds=1), tick=False):
        assert dangerous(request_of(person, session=session)).status_code == 302


def test_a_page_is_led_to_the_question_and_back(person):
    answer = dangerous(request_of(person))
    assert answer.url == reverse("reauthenticate") + "?next=%2Fsecret%2F%3Fa%3D1"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/lists/5/?q=1", "%2Flists%2F5%2F%3Fq%3D1"),
        ("http://evil.example/lists/", "%2F"),
        ("", "%2F"),
    ],
)
def test_a_form_leads_back_to_the_page_it_stood_on(person, referer, back):
    answer = dangerous(request_of(person, method="post", referer=referer))
    assert answer.url == f"{reverse('reauthenticate')}?next={back}"


@pytest.mark.parametrize("headers", [{"hx-request": "true"}, {"accept": "*/*"}])
def test_a_script_is_told_where_to_ask(person, headers):
    answer = dangerous(request_of(person, method="post", **headers))
    assert (answer.status_code, answer[reauth.HEADER]) == (401, reverse("reauthenticate"))


def test_looking_as_another_is_never_recent(person):
    request = request_of(person)
    reauth.mark(request)
    assert reauth.recently(request)
    request.impersonator = person
    assert not reauth.recently(request)
    with pytest.raises(Forbidden):
        dangerous(request)


def test_a_stranger_is_never_recent():
    request = request_of(AnonymousUser())
    reauth.mark(request)
    assert not reauth.recently(request)


@pytest.fixture
def stale(client, person):
    """A client whose sign-in was an hour ago."""
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        client.force_login(person)
    return client


def confirm(client, password=PASSWORD, headers=PAGE, **more):
    data = {"password": password} | more
    return client.post(reverse("reauthenticate"), data, headers=headers)


def is_recent(client, person):
    return reauth.recently(SimpleNamespace(user=person, session=client.session))


def test_the_password_confirms_and_leads_on(stale, person):
    answer = confirm(stale, next="/people/")
    assert (answer.status_code, answer.url) == (302, "/people/")
    assert is_recent(stale, person)


def test_a_script_gets_no_content(stale, person):
    assert confirm(stale, headers=PART).status_code == 204
    assert is_recent(stale, person)


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_next_leads_only_to_this_host(stale, target):
    assert confirm(stale, next=target).url == "/"


def test_a_wrong_password_confirms_nothing(stale, person):
    assert confirm(stale, "wrong").status_code == 422
    assert not is_recent(stale, person)


def test_guessing_is_limited_wherever_it_comes_from_and_whatever_name_is_sent(stale, person):
    for number in range(settings.AXES_FAILURE_LIMIT):
        stale.defaults["REMOTE_ADDR"] = f"10.0.0.{number}"
        assert confirm(stale, "wrong", username=f"name{number}").status_code == 422
    answer = confirm(stale)
    assert answer.status_code == 429
    assert "15" in answer.content.decode()
    assert not is_recent(stale, person)


def test_the_sign_in_form_cannot_lock_the_question(stale, person):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        stale.post(reverse("sign_in"), {"username": f"PERSON {person.pk}", "password": "wrong"})
    assert confirm(stale).status_code == 302


def test_a_success_forgives_earlier_failures(stale):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        confirm(stale, "wrong")
    confirm(stale)
    assert confirm(stale, "wrong").status_code == 422


def test_a_deactivated_person_confirms_nothing(stale, person):
    Employee.objects.filter(pk=person.pk).update(is_active=False)
    assert confirm(stale).url.startswith(reverse("sign_in"))
