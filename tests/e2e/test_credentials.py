"""The shared credentials: the marketer and the accountant each see their own, and what was named
for them; who may see what is explained; a secret is shown after a fresh sign-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from lists_core.demo.credentials import load_credentials
from lists_core.models import List
from staff import reauth
from staff.demo import load_people
from staff.models import AuditEntry, Employee
from tests.e2e.conftest import Complaints, SignIn

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "Sezon-Prodazh-31"


class Desk:
    """Two people at work, each in a browser of their own."""

    def __init__(self, portal: str, list_: List, anna: Page, nadezhda: Page) -> None:
        self.portal, self.list = portal, list_
        self.anna, self.nadezhda = anna, nadezhda

    def names(self, page: Page) -> set[str]:
        page.goto(self.portal + self.list.get_absolute_url())
        expect(page.locator("#grid tbody tr").first).to_be_visible()
        shown = page.locator("#grid tbody a[data-drawer]").all_inner_texts()
        return {text.strip() for text in shown}


@pytest.fixture
def people(db: None) -> dict[str, Employee]:
    return load_people()


@pytest.fixture
def desk(
    page: Page, browser: Browser, portal: str, sign_in: SignIn, people: dict[str, Employee]
) -> Iterator[Desk]:
    list_ = load_credentials(actor=people["admin"], people=people)
    other = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900})
    second = other.new_page()
    second.set_default_timeout(10_000)
    sign_in(page, people["anna.smirnova"])
    sign_in(second, people["nadezhda.frolova"])
    yield Desk(portal, list_, page, second)
    other.close()


def test_the_credentials_story(
    desk: Desk,
    people: dict[str, Employee],
    complaints: Complaints,
    axe: Callable[..., None],
) -> None:
    anna, nadezhda = desk.anna, desk.nadezhda
    assert "Банк-клиент" not in desk.names(anna)
    assert "Рекламный кабинет" not in desk.names(nadezhda)

    # The marketer adds an entry and keeps it to herself.
    anna.goto(f"{desk.portal}/lists/{desk.list.pk}/elements/add/")
    anna.get_by_label("Сервис").fill("Счета партнёров")
    anna.get_by_label("Логин").fill("partner")
    anna.locator("input[name=SECRET]").fill(SECRET)
    anna.get_by_role("button", name="Сохранить", exact=True).click()
    expect(anna.get_by_role("heading", name="Счета партнёров")).to_be_visible()
    assert "Счета партнёров" not in desk.names(nadezhda)

    # On its Access tab she names the accountant, and asks why the accountant sees it.
    anna.get_by_role("link", name="Доступ", exact=True).click()
    box = anna.locator(".sv-acc-pick [role=combobox]")
    box.fill("фролова")
    anna.locator(".sv-acc-pick .option", has_text="Фролова").click()
    anna.get_by_role("button", name="Выдать доступ").click()
    expect(anna.locator(".sv-acc-form .sv-acc-row")).to_have_count(1)
    anna.locator(".sv-acc-form").get_by_role("button", name="Сохранить", exact=True).click()
    expect(anna.get_by_text("Доступ сохранён.")).to_be_visible()
    address = anna.url.partition("?")[0]
    anna.goto(f"{address}?person={people['nadezhda.frolova'].pk}")
    expect(anna.locator(".sv-acc-answer")).to_contain_text("Фролова")
    expect(anna.locator(".sv-acc-sum")).not_to_have_class("is-nothing")
    axe(anna)

    assert "Счета партнёров" in desk.names(nadezhda)
    reveal(nadezhda, people["nadezhda.frolova"])

    # She reads and does not change; who wrote it sees that she looked.
    nadezhda.goto(address.replace("/access/", "/"))
    expect(nadezhda.get_by_role("heading", name="Счета партнёров")).to_be_visible()
    expect(nadezhda.get_by_role("link", name="Изменить")).to_have_count(0)
    expect(nadezhda.get_by_role("link", name="Доступ", exact=True)).to_have_count(0)
    anna.get_by_role("link", name="Кто смотрел").click()
    expect(anna.locator(".sv-history")).to_contain_text("Фролова")


def reveal(page: Page, person: Employee) -> None:
    """The secret asks who sits there: a wrong password shows nothing, the look is on record."""
    signed_in_long_ago()
    page.get_by_role("link", name="Счета партнёров").click()
    secret = page.locator("dialog sv-secret, .sv-el-card sv-secret").first
    secret.get_by_role("button", name="Показать").click()
    asked = page.locator("dialog.sv-reauth")
    asked.locator("input[type=password]").fill("not it")
    asked.get_by_role("button", name="Подтвердить").click()
    expect(asked.locator(".sv-error")).to_be_visible()
    assert not AuditEntry.objects.filter(event="secret.revealed").exists()
    asked.locator("input[type=password]").fill(password())
    asked.get_by_role("button", name="Подтвердить").click()
    expect(secret).to_contain_text(SECRET)
    looked = AuditEntry.objects.filter(event="secret.revealed").get()
    assert looked.actor == person


def test_the_third_sees_neither_of_theirs(
    desk: Desk, people: dict[str, Employee], sign_in: SignIn
) -> None:
    assert desk.names(desk.anna) == {
        "Рекламный кабинет", "Рассылка клиентам", "Фотобанк", "Wi-Fi для гостей"
    }  # fmt: skip
    assert desk.names(desk.nadezhda) == {
        "Банк-клиент", "Кабинет налогоплательщика", "Wi-Fi для гостей"
    }  # fmt: skip
    sign_in(desk.anna, people["dmitry.orlov"])
    assert desk.names(desk.anna) == {"Wi-Fi для гостей", "Сервер резервных копий"}


def signed_in_long_ago() -> None:
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        session[reauth.KEY] = 0
        session.save()


def password() -> str:
    from django.conf import settings

    return str(settings.DEMO_PASSWORD)
