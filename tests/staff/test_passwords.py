"""Passwords: reset by a letter, invitation, change, and what they do to sessions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff.models import Employee
from staff.services import employees, passwords
from svod.base.errors import Forbidden

NEW = "four unrelated words here"
PORTAL = "http://testserver/"


def ask(client, email):
    return client.post(reverse("password_reset"), {"email": email})


def link_in(letter):
    return re.search(r"http://testserver(/password/set/\S+)", letter.body)[1]


def set_password(client, link, password=NEW):
    page = client.get(link, follow=True)
    url = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(url, {"new_password1": password, "new_password2": password})


def test_reset_from_letter_to_sign_in(client, world, run_tasks):
    with run_tasks():
        assert ask(client, "ANNA@svod.example").url == reverse("password_reset_sent")
    (letter,) = mail.outbox
    assert letter.to == ["anna@svod.example"]
    assert letter.alternatives[0].mimetype == "text/html"
    response = set_password(client, link_in(letter))
    assert response.url == reverse("sign_in")
    world.anna.refresh_from_db()
    assert world.anna.check_password(NEW)


@pytest.mark.parametrize(("language", "subject"), [("en", "set a new password"), ("ru", "пароль")])
def test_the_letter_speaks_the_language_of_its_reader(client, world, run_tasks, language, subject):
    Employee.objects.filter(pk=world.anna.pk).update(language=language)
    with run_tasks():
        ask(client, "anna@svod.example")
    assert subject in mail.outbox[0].subject


def test_an_unknown_address_reads_the_same_and_gets_nothing(client, world, run_tasks):
    with run_tasks():
        known = client.post(reverse("password_reset"), {"email": "anna@svod.example"}, follow=True)
        unknown = client.post(reverse("password_reset"), {"email": "no@svod.example"}, follow=True)
        gone = client.post(reverse("password_reset"), {"email": "gone@svod.example"}, follow=True)
    texts = {re.sub(r'content="\w{64}"|value="\w{64}"', "", r.content.decode())
             for r in (known, unknown, gone)}  # fmt: skip
    assert len(texts) == 1
    assert [letter.to for letter in mail.outbox] == [["anna@svod.example"]]


def test_a_mailbox_is_not_flooded(client, world, run_tasks):
    now = timezone.now()
    for minute, letters in [(0, 1), (1, 1), (3, 2)]:
        with time_machine.travel(now + timedelta(minutes=minute)), run_tasks():
            ask(client, "anna@svod.example")
        connection.run_on_commit.clear()  # as a commit does
        assert len(mail.outbox) == letters


def test_a_link_works_once(client, world):
    link = passwords.password_link(world.anna, "/")
    set_password(client, link)
    page = client.get(link, follow=True)
    assert b"new_password1" not in page.content


@pytest.mark.parametrize("spoil", [
    lambda anna: employees.deactivate_employee(anna, actor=None),
    lambda anna: employees.end_sessions(anna, actor=anna),
])  # fmt: skip
def test_a_link_dies_with_the_sessions(client, world, spoil):
    link = passwords.password_link(world.anna, "/")
    spoil(world.anna)
    assert b"new_password1" not in client.get(link, follow=True).content


def test_a_link_expires(client, world):
    link = passwords.password_link(world.anna, "/")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert b"new_password1" not in client.get(link, follow=True).content


@pytest.mark.parametrize("bad", ["short", "password123", "anna@svod.example", ""])
def test_weak_passwords_are_refused(client, world, bad):
    response = set_password(client, passwords.password_link(world.anna, "/"), bad)
    assert response.status_code == 422
    assert not Employee.objects.get(pk=world.anna.pk).check_password(bad)


@pytest.mark.parametrize("good", ["x7-" * 40, "только-строчные-буквы", "            spaces"])
def test_long_and_simple_ones_are_allowed(client, world, good):
    assert set_password(client, passwords.password_link(world.anna, "/"), good).status_code == 302


def test_changing_the_password_ends_other_sessions_only(client, world):
    other = Client()
    client.force_login(world.anna)
    other.force_login(world.anna)
    data = {"old_password": "wooden-anchor-42", "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("password_change"), data).url == reverse("profile")
    assert client.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302


def test_the_old_password_is_asked_for(client, world):
    client.force_login(world.anna)
    data = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("password_change"), data).status_code == 422


@time_machine.travel("2026-05-04 09:00+00:00", tick=False)  # the link holds the second
def test_an_invitation_is_mailed_and_shown(client, world, run_tasks):
    client.force_login(world.admin)
    data = {
        "last_name": "Новиков", "first_name": "Лев", "email": "Lev@svod.example",
        "time_zone": "Asia/Omsk", "language": "ru",
    }  # fmt: skip
    with run_tasks():
        page = client.post(reverse("employee_add"), data)
    lev = Employee.objects.get(email="lev@svod.example")
    assert (lev.username, lev.has_usable_password()) == ("lev@svod.example", False)
    link = link_in(mail.outbox[0])
    assert link in page.content.decode()
    client.logout()
    assert set_password(client, link).status_code == 302
    lev.refresh_from_db()
    assert lev.check_password(NEW)


def test_nobody_is_invited_into_an_account_in_use(world):
    with pytest.raises(Forbidden):
        passwords.invite(world.anna, actor=world.admin, portal=PORTAL)


def test_invited_people_may_ask_for_a_new_letter(client, world, run_tasks):
    Employee.objects.filter(pk=world.anna.pk).update(password="!unusable")
    with run_tasks():
        ask(client, "anna@svod.example")
    assert len(mail.outbox) == 1


def test_links_lead_to_the_configured_portal(client, world, run_tasks, settings):
    settings.PORTAL_URL, settings.ALLOWED_HOSTS = "https://svod.example", ["*"]
    with run_tasks():
        client.post(reverse("password_reset"), {"email": "anna@svod.example"}, HTTP_HOST="evil")
    assert "https://svod.example/password/set/" in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body
