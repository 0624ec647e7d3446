"""Signing in as people do: the app's code, a passkey of the browser, the question "is it you?"."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from staff.models import Employee
from tests.staff.mfa_helpers import code, give_app

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "secret-phrase-1"


@pytest.fixture
def authenticator(page: Page) -> None:
    """A phone's own key: it keeps passkeys and says that it has seen its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def admin(db: None) -> Employee:
    names = {"last_name": "Главный", "first_name": "Админ"}
    return Employee.objects.create_superuser("admin", "admin@svod.example", PASSWORD, **names)


def first_step(page: Page, portal: str) -> None:
    page.goto(f"{portal}{reverse('sign_in')}")
    page.locator("[name=username]").fill("anna@svod.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.btn-primary").click()


def make_stale() -> None:
    """As if everybody had signed in an hour ago."""
    for row in Session.objects.all():
        data = row.get_decoded() | {"svod_confirmed_at": timezone.now().timestamp() - 3600}
        row.session_data = Session.get_session_store_class()().encode(data)
        row.save()


def test_the_app_from_setting_up_to_signing_in(
    page: Page, portal: str, employee: Employee, sign_in: Any, axe: Any
) -> None:
    sign_in(page, employee)
    page.goto(f"{portal}{reverse('security')}")
    axe(page)
    page.locator(f'a[href="{reverse("security_app")}"]').click()
    expect(page.locator(".sv-security-qr")).to_be_visible()
    assert page.locator(".sv-security-qr").evaluate("image => image.naturalWidth") > 0
    axe(page)
    seed = page.locator(".sv-security-key").inner_text().replace(" ", "")
    counter = int(timezone.now().timestamp()) // 30
    page.locator("[name=code]").fill(format_hotp_value(hotp_value(seed, counter)))
    page.locator("main form button.btn-primary").click()
    expect(page.locator(".sv-security-codes code")).to_have_count(10)
    axe(page)
    recovery = page.locator(".sv-security-codes code").first.inner_text()
    page.context.clear_cookies()
    first_step(page, portal)
    expect(page).to_have_url(f"{portal}{reverse('sign_in_second')}")
    axe(page)
    page.locator("[name=code]").fill(recovery)
    page.locator("form button.btn-primary").click()
    expect(page.locator(".sv-person")).to_be_visible()


def test_a_passkey_from_adding_to_signing_in_without_a_password(
    page: Page, portal: str, employee: Employee, sign_in: Any, authenticator: None, axe: Any
) -> None:
    sign_in(page, employee)
    page.goto(f"{portal}{reverse('security_passkey_add')}")
    axe(page)
    page.locator("[name=name]").fill("Телефон")
    page.locator("svod-passkey button").click()
    expect(page).to_have_url(f"{portal}{reverse('security')}")
    expect(page.get_by_text("Телефон", exact=True)).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{portal}{reverse('sign_in')}?next=/people/")
    axe(page)
    page.locator("svod-passkey button").click()
    expect(page).to_have_url(f"{portal}/people/")
    # And as the second step after the password.
    page.context.clear_cookies()
    first_step(page, portal)
    page.locator("svod-passkey button").click()
    expect(page.locator(".sv-person")).to_be_visible()
    assert Authenticator.objects.get(type="webauthn").last_used_at


def test_a_passkey_nobody_knows_is_refused_in_words(
    page: Page, portal: str, employee: Employee, sign_in: Any, authenticator: None
) -> None:
    sign_in(page, employee)
    page.goto(f"{portal}{reverse('security_passkey_add')}")
    page.locator("[name=name]").fill("Телефон")
    page.locator("svod-passkey button").click()
    expect(page).to_have_url(f"{portal}{reverse('security')}")
    Authenticator.objects.all().delete()
    page.context.clear_cookies()
    page.goto(f"{portal}{reverse('sign_in')}")
    page.locator("svod-passkey button").click()
    expect(page.locator("svod-passkey [role=alert]")).to_be_visible()
    assert page.url == f"{portal}{reverse('sign_in')}"


def test_the_question_opens_in_a_dialog_and_the_action_goes_on(
    page: Page, portal: str, employee: Employee, admin: Employee, sign_in: Any, axe: Any,
    complaints: Any,
) -> None:  # fmt: skip
    sign_in(page, admin)
    page.goto(f"{portal}{reverse('employee', args=[employee.pk])}")
    expect(page.locator("#person-security")).to_be_visible()
    make_stale()
    page.locator(f'form[action="{reverse("employee_look_as", args=[employee.pk])}"] button').click()
    dialog = page.locator("dialog.sv-reauth")
    expect(dialog.locator("[name=password]")).to_be_focused()
    axe(page, "dialog.sv-reauth")
    dialog.locator("[name=password]").fill("wrong")
    dialog.locator("button.btn-primary").click()
    expect(dialog.locator(".sv-error")).to_be_visible()
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator("button.btn-primary").click()
    bar = page.locator(".sv-looking")
    expect(bar).to_contain_text(str(employee))
    axe(page)
    bar.locator("button").click()
    expect(bar).to_have_count(0)
    complaints.expect("status of 401")


def test_closing_the_question_does_nothing(
    page: Page, portal: str, employee: Employee, admin: Employee, sign_in: Any, complaints: Any
) -> None:
    give_app(employee)
    sign_in(page, admin)
    page.goto(f"{portal}{reverse('employee', args=[employee.pk])}")
    expect(page.locator("#person-security")).to_be_visible()
    make_stale()
    action = reverse("employee_second_factors_off", args=[employee.pk])
    page.locator(f'form[action="{action}"] button').click()
    page.locator("dialog.sv-ask button[value=yes]").click()
    dialog = page.locator("dialog.sv-reauth")
    expect(dialog.locator("[name=password]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert Authenticator.objects.filter(user=employee).exists()
    assert not page.locator(".sv-toast[data-level=error]").count()
    complaints.expect("status of 401")


def test_sessions_are_listed_and_ended(
    page: Page, portal: str, employee: Employee, sign_in: Any
) -> None:
    give_app(employee)
    first_step(page, portal)
    page.locator("[name=code]").fill(code())
    page.locator("form button.btn-primary").click()
    expect(page.locator(".sv-person")).to_be_visible()
    other = page.context.browser.new_page()  # type: ignore[union-attr]
    sign_in(other, employee)
    other.goto(portal)
    page.goto(f"{portal}{reverse('security')}")
    rows = page.locator("section[aria-labelledby=sessions] .sv-list-row")
    expect(rows).to_have_count(2)
    rows.locator("form button").click()
    expect(rows).to_have_count(1)
    other.reload()
    assert reverse("sign_in") in other.url
    other.close()
