"""A secret in a real browser: typed, kept, shown after "is it you?", copied, masked again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from lists_core.field_types.secret import MASK
from staff import reauth
from staff.models import AuditEntry
from tests.access.secret_world import CANARY, World, make_world
from tests.e2e.conftest import Complaints, SignIn

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "x"


@pytest.fixture
def world(page: Page, portal: str, sign_in: SignIn) -> World:
    """Anna is signed in and looks at the list."""
    made = make_world()
    sign_in(page, made.anna)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=portal)
    page.goto(portal + made.list.get_absolute_url())
    return made


def secret(where: Page | Locator) -> Locator:
    return where.locator("sv-secret")


def copied(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def make_old(person: object) -> None:
    """The person showed who they are long ago."""
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        session[reauth.KEY] = 0
        session.save()


def test_a_cell_shows_masks_again_and_copies(page: Page, world: World) -> None:
    cell = secret(page.locator("#grid"))
    expect(cell).to_have_text(MASK)
    cell.get_by_role("button", name="Показать").click()
    expect(cell).to_contain_text(CANARY)
    cell.get_by_role("button", name="Скрыть").click()
    expect(cell).to_have_text(MASK)
    cell.get_by_role("button", name="Скопировать").click()
    expect(page.get_by_text("Секрет скопирован.")).to_be_visible()
    expect(cell).to_have_text(MASK)
    assert copied(page) == CANARY
    events = AuditEntry.objects.filter(event__startswith="secret.").order_by("pk")
    assert [entry.event for entry in events] == ["secret.revealed", "secret.copied"]


def test_half_a_minute_later_it_is_masked(page: Page, world: World) -> None:
    page.clock.install()
    cell = secret(page.locator("#grid"))
    cell.get_by_role("button", name="Показать").click()
    expect(cell).to_contain_text(CANARY)
    page.clock.run_for(29_000)
    expect(cell).to_contain_text(CANARY)
    page.clock.run_for(2_000)
    expect(cell).to_have_text(MASK)


def test_who_signed_in_long_ago_is_asked_and_goes_on(
    page: Page, world: World, complaints: Complaints
) -> None:
    make_old(world.anna)
    cell = secret(page.locator("#grid"))
    cell.get_by_role("button", name="Показать").click()
    dialog = page.locator("dialog.sv-reauth")
    dialog.locator("input[type=password]").fill(PASSWORD)
    assert not AuditEntry.objects.filter(event="secret.revealed").exists()
    dialog.get_by_role("button", name="Подтвердить").click()
    expect(cell).to_contain_text(CANARY)
    complaints.expect("status of 401")


def test_the_form_keeps_replaces_and_clears(
    page: Page, world: World, portal: str, axe: Callable[..., None]
) -> None:
    address = portal + world.url("element_edit")
    page.goto(address)
    expect(page.locator("#id_SECRET")).to_have_value("")
    axe(page)
    page.locator("#id_SECRET").fill("another")
    page.get_by_role("button", name="Сохранить").click()
    value = secret(page.locator(".sv-el-values"))
    value.get_by_role("button", name="Показать").click()
    expect(value).to_contain_text("another")
    axe(page)
    page.goto(address)
    page.get_by_label("Очистить").check()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.locator(".sv-el-values .sv-none")).to_be_visible()
    page.get_by_role("link", name="Кто смотрел").click()
    expect(page.locator(".sv-history")).to_contain_text("показано")
    axe(page)


def test_enter_on_the_cell_shows_it(page: Page, world: World) -> None:
    page.locator("#grid td", has=page.locator("sv-secret")).click(position={"x": 3, "y": 3})
    page.keyboard.press("Enter")
    expect(secret(page.locator("#grid"))).to_contain_text(CANARY)
