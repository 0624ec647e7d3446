"""A-76 of the security reference: an administrator looks at the portal as somebody else.

tests/staff/test_sessions.py holds the bar, the way back and whom nobody looks as.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.models import AuditEntry, Employee

PASSWORD = "wooden-anchor-42"
pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return Employee.objects.create_user("anna", "anna@svod.example", PASSWORD, first_name="Анна")


@pytest.fixture
def admin(db):
    return Employee.objects.create_superuser("admin", "admin@svod.example", PASSWORD)


def is_in(client):
    return client.get(reverse("profile")).status_code == 200


@pytest.fixture
def looking(client, admin, anna):
    client.force_login(admin)
    client.post(reverse("employee_look_as", args=[anna.pk]))
    return client


def test_a76_the_log_has_both(looking, admin, anna):
    looking.post(reverse("profile"), profile_of(anna, phone="+7 495 123-45-67"))
    looking.post(reverse("look_as_stop"))
    rows = {row.event: row for row in AuditEntry.objects.all()}
    for event in ("impersonation.started", "impersonation.stopped"):
        assert (rows[event].actor, rows[event].subject) == (admin, f"employee:{anna.pk}")
    changed = rows["employee.changed"]
    assert (changed.actor, changed.impersonator) == (anna, admin)


def profile_of(person, **more):
    values = {"last_name": "И", "first_name": "А", "time_zone": "Europe/Moscow", "language": "ru"}
    return values | {"theme": "auto"} | more


OWN = ["security", "security_app", "security_codes", "security_passkey_add", "reauthenticate",
       "security_passkey_options", "reauthenticate_passkey", "password_change"]  # fmt: skip


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a76_what_is_their_own_stays_closed(looking, name, method):
    assert getattr(looking, method)(reverse(name)).status_code in (403, 405)


@pytest.mark.parametrize("name", ["sign_out_everywhere"])
def test_a76_their_sessions_stay(looking, anna, name):
    hers = Client()
    hers.force_login(anna)
    assert looking.post(reverse(name)).status_code == 403
    assert is_in(hers)


def test_a76_looking_gives_no_rights_of_the_administrator(looking, admin, anna):
    assert looking.get(reverse("admin:index")).status_code == 302
    assert looking.post(reverse("employee_look_as", args=[admin.pk])).status_code == 403
    assert looking.get(reverse("people")).wsgi_request.user == anna


def test_a76_it_takes_an_administrator_and_a_fresh_proof(client, admin, anna):
    boris = Employee.objects.create_user("boris", "boris@svod.example", PASSWORD)
    client.force_login(anna)
    assert client.post(reverse("employee_look_as", args=[boris.pk])).status_code == 403
    with time_machine.travel(timezone.now() - timedelta(minutes=20)):
        client.force_login(admin)
    answer = client.post(
        reverse("employee_look_as", args=[boris.pk]), headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["Svod-Reauthenticate"]) == (401, reverse("reauthenticate"))
    assert client.get(reverse("people")).wsgi_request.user == admin


def test_a76_it_ends_with_the_administrator(looking, admin):
    Employee.objects.filter(pk=admin.pk).update(is_superuser=False)
    assert looking.get(reverse("people")).wsgi_request.user.pk == admin.pk
    Employee.objects.filter(pk=admin.pk).update(is_active=False)
    assert not is_in(looking)
