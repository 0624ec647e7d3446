"""Second factors: setting up, removing, the policy, help for a lost phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from staff import mfa
from staff.models import AuditEntry
from tests.staff.mfa_helpers import SEED, code, give_app, recovery_codes, wrong_code

pytestmark = pytest.mark.django_db
PAGES = ["security_app", "security_codes", "security_passkey_add", "security_passkey_options"]


@pytest.fixture
def anna(client, world):
    client.force_login(world.anna)
    return world.anna


@pytest.fixture
def stale(client, world):
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        client.force_login(world.anna)
    return world.anna


def kinds(person):
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def switch_on(client):
    client.get(reverse("security_app"))
    seed = client.session["mfa.totp.secret"]
    return client.post(reverse("security_app"), {"code": code_of(seed)})


def code_of(seed):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(seed, int(timezone.now().timestamp()) // 30))


def test_the_app_is_switched_on_by_its_code(client, anna):
    assert switch_on(client).url == reverse("security_codes")
    assert kinds(anna) == ["recovery_codes", "totp"]
    assert "mfa.totp.secret" not in client.session
    assert AuditEntry.objects.get(event="second_factor.added").about == {"kind": "totp"}


def test_the_page_shows_the_seed_as_picture_and_text(client, anna):
    page = client.get(reverse("security_app")).content.decode()
    seed = client.session["mfa.totp.secret"]
    assert 'src="data:image/svg+xml;base64,' in page
    assert seed[:4] + " " + seed[4:8] in page


def test_a_wrong_code_switches_nothing_on(client, anna):
    client.get(reverse("security_app"))
    answer = client.post(reverse("security_app"), {"code": "12 34"})
    assert answer.status_code == 422
    assert kinds(anna) == []


def test_the_seed_lies_encrypted(client, anna):
    give_app(anna)
    row = Authenticator.objects.get(type="totp")
    assert SEED not in str(row.data)
    assert mfa.decrypt(row.data["secret"]) == SEED


def test_an_earlier_secret_key_still_opens_the_seeds(client, anna, settings):
    give_app(anna)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a-new-key"
    assert mfa.app_code_fits(anna, code())


def test_recovery_codes_are_shown_downloaded_and_made_anew(client, anna):
    give_app(anna)
    old = recovery_codes(anna)
    assert all(one in client.get(reverse("security_codes")).content.decode() for one in old)
    sent = client.get(reverse("security_codes"), {"download": ""})
    assert sent["Content-Disposition"].startswith("attachment")
    assert all(one in sent.content.decode() for one in old)
    client.post(reverse("security_codes"))
    assert not set(recovery_codes(anna)) & set(old)


def test_removing_the_last_factor_removes_the_recovery_codes(client, anna):
    give_app(anna)
    client.post(reverse("security_remove", args=[Authenticator.objects.get(type="totp").pk]))
    assert kinds(anna) == []
    assert AuditEntry.objects.filter(event="second_factor.removed", actor=anna).exists()


def test_the_factors_of_others_cannot_be_touched(client, anna, world):
    give_app(world.boris)
    row = Authenticator.objects.get(type="totp")
    assert client.post(reverse("security_remove", args=[row.pk])).status_code == 404
    assert client.post(reverse("security_passkey_rename", args=[row.pk])).status_code == 404
    assert kinds(world.boris) == ["recovery_codes", "totp"]


@pytest.mark.parametrize("name", PAGES)
def test_every_change_asks_who_it_is(client, stale, name):
    give_app(stale)
    assert client.get(reverse(name)).url.startswith(reverse("reauthenticate"))


def test_removing_asks_who_it_is(client, stale):
    give_app(stale)
    url = reverse("security_remove", args=[Authenticator.objects.get(type="totp").pk])
    assert client.post(url, headers={"HX-Request": "true"}).status_code == 401
    assert "totp" in kinds(stale)


def test_the_code_confirms_as_well_as_the_password(client, stale):
    give_app(stale)
    assert client.post(reverse("reauthenticate"), {"code": wrong_code()}).status_code == 422
    assert client.post(reverse("reauthenticate"), {"code": code()}).status_code == 302
    assert client.get(reverse("security_app")).status_code == 200


def test_an_administrator_takes_the_factors_of_a_lost_phone_off(client, world):
    give_app(world.anna)
    hers = Client()
    hers.force_login(world.anna)
    client.force_login(world.admin)
    assert (
        client.post(reverse("employee_second_factors_off", args=[world.anna.pk])).status_code == 302
    )
    assert kinds(world.anna) == []
    assert hers.get(reverse("profile")).status_code == 302
    entry = AuditEntry.objects.filter(event="second_factor.removed").first()
    assert (entry.actor, entry.subject) == (world.admin, f"employee:{world.anna.pk}")


def test_an_administrator_is_asked_who_it_is_first(client, world):
    give_app(world.anna)
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        client.force_login(world.admin)
    client.post(reverse("employee_second_factors_off", args=[world.anna.pk]))
    assert "totp" in kinds(world.anna)


# --- the policy -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "who", "led"),
    [
        ("off", "admin", False),
        ("administrators", "admin", True),
        ("administrators", "anna", False),
        ("everyone", "anna", True),
    ],
)
def test_who_must_have_a_factor_can_do_nothing_else(client, world, settings, policy, who, led):
    settings.SECOND_FACTOR = policy
    client.force_login(getattr(world, who))
    for name in ("people", "profile", "home", "password_change"):
        url = getattr(client.get(reverse(name)), "url", "")
        assert (url == reverse("security")) is led
    assert client.get(reverse("security")).status_code == 200


def test_scripts_are_refused_and_htmx_is_led(client, anna, settings):
    settings.SECOND_FACTOR = "everyone"
    url = reverse("people_suggest")
    assert client.get(url, headers={"Accept": "application/json"}).status_code == 403
    led = client.get(url, headers={"HX-Request": "true"})
    assert led["HX-Location"] == reverse("security")


def test_setting_it_up_opens_the_portal(client, anna, settings):
    settings.SECOND_FACTOR = "everyone"
    switch_on(client)
    assert client.get(reverse("people")).status_code == 200


def test_the_last_factor_stays_where_one_is_required(client, anna, settings):
    settings.SECOND_FACTOR = "everyone"
    give_app(anna)
    url = reverse("security_remove", args=[Authenticator.objects.get(type="totp").pk])
    assert client.post(url).status_code == 403
    assert "totp" in kinds(anna)
