"""A deal from its card: the amount in place, a stage that asks, a comment, a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from lists_core.models import Field
from lists_core.schema.cache import forget_schemas
from tests.crm_link.crm_world import administrator, crm, item, stage
from tests.e2e.conftest import SignIn

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deal(page: Page, portal: str, sign_in: SignIn) -> Iterator[None]:
    """A deal in the list of deals, open in a browser of the administrator's."""
    admin = administrator()
    lists = crm(admin)
    asked = Field.objects.filter(list=lists["deal"], code="COMMENTS")
    stage("deal", "EXECUTING").required.set(asked)
    item("deal", admin, "Большая продажа")
    sign_in(page, admin)
    page.goto(f"{portal}/crm/deal/list/")
    yield
    forget_schemas()


def test_a_deal_is_worked_on_in_its_card(page: Page, deal: None, axe: Axe) -> None:
    page.get_by_role("link", name="Большая продажа", exact=True).click()
    card = page.locator("svod-drawer dialog[open]")
    expect(card.get_by_role("heading", name="Большая продажа")).to_be_visible()
    axe(page, "svod-drawer dialog")

    card.get_by_role("link", name="Изменить: Сумма").click()
    card.get_by_label("Сумма", exact=True).fill("125000")
    card.get_by_role("button", name="Сохранить").click()
    expect(card.locator(".crm-fact-amount")).to_contain_text("125")
    expect(card.locator(".crm-fact-amount form")).to_have_count(0)

    card.get_by_role("button", name="В работе").click()
    dialog = page.locator("svod-dialog dialog[open]")
    dialog.get_by_label("Комментарий").fill("Договор подписан")
    axe(page, "svod-dialog dialog")
    dialog.get_by_role("button", name="Переместить").click()
    expect(dialog).to_have_count(0)
    expect(card.locator("[aria-current=step]")).to_contain_text("В работе")

    card.get_by_placeholder("Комментарий").fill("Отгрузить в пятницу")
    card.get_by_role("button", name="Отправить").click()
    entries = card.locator(".crm-entries")
    expect(entries).to_contain_text("Отгрузить в пятницу")

    card.get_by_role("button", name="Звонок, встреча…").click()
    card.get_by_role("link", name="Запланировать звонок").click()
    dialog.get_by_label("Тема").fill("Уточнить адрес")
    dialog.get_by_role("button", name="Запланировать").click()
    planned = card.locator(".crm-planned")
    expect(planned).to_contain_text("Уточнить адрес")
    planned.get_by_role("button", name="Выполнено: Уточнить адрес").click()
    expect(entries).to_contain_text("Уточнить адрес")
    expect(planned).to_have_count(0)
    expect(entries).to_contain_text("Смена стадии")
    expect(entries).to_contain_text("Изменены поля")
    axe(page, "svod-drawer dialog")
