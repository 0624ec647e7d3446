"""`manage.py prepare`: migrations always, the demo only where it belongs."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command

from lists_core.checks import check_letters
from svod.management.commands import prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded(monkeypatch):
    """The commands that `prepare` calls."""
    calls = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: calls.append(name))
    monkeypatch.setattr(prepare, "get_commands", lambda: {"load_demo": "lists_core"})
    return calls


def run(**options):
    out = io.StringIO()
    call_command("prepare", stdout=out, verbosity=0, **options)
    return out.getvalue()


def test_an_empty_portal_gets_the_demo(loaded):
    run()
    assert loaded == ["migrate", "load_demo"]


def test_a_portal_with_an_administrator_stays_as_it_is(loaded):
    get_user_model().objects.create_superuser("boss", password="x")
    run()
    assert loaded == ["migrate"]


def test_no_demo_when_told_or_in_production(loaded, settings):
    run(no_demo=True)
    settings.PRODUCTION = True
    run()
    assert loaded == ["migrate", "migrate"]


def test_sign_in_is_told_while_it_works(loaded):
    assert run(tell_sign_in=True) == "The portal is empty: loading the demo…\n"
    person = get_user_model().objects.create_superuser(
        settings.DEMO_LOGIN, password=settings.DEMO_PASSWORD
    )
    told = f"sign-in: {settings.DEMO_LOGIN} / {settings.DEMO_PASSWORD}\n"
    assert run(tell_sign_in=True) == told
    assert run() == ""
    person.set_password("changed")
    person.save()
    assert run(tell_sign_in=True) == ""


def test_the_database_knows_russian_letters():
    assert check_letters(None, None) == []
    assert check_letters(None, ["default"]) == []
