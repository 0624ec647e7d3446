"""A deal from its card: the amount in place, a stage that asks, a comment, a call. The card of
its company over it: what is done there stays there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from lists_core.models import Field
from lists_core.schema.cache import forget_schemas
from tests.crm_link.crm_world import administrator, crm, item, stage
from tests.e2e.conftest import SignIn

NEWS = """elements => { for (const element of elements)
    document.body.dispatchEvent(new CustomEvent("svod:live:crm", { detail: { element } })) }"""
Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deal(page: Page, portal: str, sign_in: SignIn) -> Iterator[None]:
    """A deal in the list of deals, open in a browser of the administrator's."""
    admin = administrator()
    lists = crm(admin)
    asked = Field.objects.filter(list=lists["deal"], code="COMMENTS")
    stage("deal", "EXECUTING").required.set(asked)
    company = item("company", admin, "Ромашка")
    item("deal", admin, "Большая продажа", COMPANY=company.pk)
    sign_in(page, admin)
    page.goto(f"{portal}/crm/deal/list/")
    yield
    forget_schemas()


def test_a_deal_is_worked_on_in_its_card(page: Page, deal: None, axe: Axe) -> None:
    page.get_by_role("link", name="Большая продажа", exact=True).click()
    card = page.locator("svod-drawer dialog[open]")
    expect(card.get_by_role("heading", name="Большая продажа")).to_be_visible()
    axe(page, "svod-drawer dialog")

    the_amount_in_place(page, card)

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
    words_are_edited_where_they_stand(card)
    news_of_other_items_are_not_its_own(page, card)

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
    words_in_the_upper_card(page, card)
    requisites_in_the_upper_card(page, card)


def the_amount_in_place(page: Page, card: Locator) -> None:
    """The control takes the focus, and what opened it has it afterwards."""
    card.get_by_role("link", name="Изменить: Сумма").click()
    expect(card.get_by_label("Сумма", exact=True)).to_be_focused()
    page.keyboard.type("125000")
    card.get_by_role("button", name="Сохранить").click()
    expect(card.locator(".crm-fact-amount")).to_contain_text("125")
    expect(card.locator(".crm-fact-amount form")).to_have_count(0)
    expect(card.get_by_role("link", name="Изменить: Сумма")).to_be_focused()


def words_are_edited_where_they_stand(card: Locator) -> None:
    """What is being written meanwhile stays, and the focus comes back to where it was."""
    draft, edit = card.locator(".crm-composer textarea"), card.locator(".crm-comment a.btn")
    draft.fill("Черновик")
    edit.click()
    words = card.locator(".crm-comment textarea")
    expect(words).to_be_focused()
    words.fill("Отгрузить в субботу")
    card.locator(".crm-comment .btn-primary").click()
    expect(card.locator(".crm-comment")).to_contain_text("Отгрузить в субботу")
    expect(edit).to_be_focused()
    expect(draft).to_have_value("Черновик")
    draft.fill("")


def news_of_other_items_are_not_its_own(page: Page, card: Locator) -> None:
    asked: list[str] = []
    page.on("request", lambda request: "/timeline/" in request.url and asked.append(request.url))
    own = card.locator("svod-element").get_attribute("data-id")
    with page.expect_response(lambda answer: "/timeline/" in answer.url):
        page.evaluate(NEWS, [0, int(own or 0)])
    assert len(asked) == 1


def words_in_the_upper_card(page: Page, card: Locator) -> None:
    """The deal as a page, and over it its company: a comment goes to the company's timeline."""
    card.get_by_role("button", name="Другие действия").click()
    card.get_by_role("link", name="Открыть страницей").click()
    below = page.locator("main .crm-card")
    expect(below.locator(".crm-entries")).to_contain_text("Отгрузить в субботу")
    below.get_by_role("link", name="Ромашка", exact=True).click()
    expect(card.get_by_role("heading", name="Ромашка")).to_be_visible()
    card.get_by_placeholder("Комментарий").fill("Звонить после обеда")
    card.get_by_role("button", name="Отправить").click()
    expect(card.locator(".crm-entries")).to_contain_text("Звонить после обеда")
    expect(below.locator(".crm-entries")).to_contain_text("Отгрузить в субботу")
    expect(below.locator(".crm-entries")).not_to_contain_text("Звонить после обеда")


def requisites_in_the_upper_card(page: Page, card: Locator) -> None:
    """Saved ones appear, and the drawer goes on working."""
    card.get_by_role("link", name="Реквизиты").click()
    card.get_by_role("link", name="Добавить реквизиты").click()
    dialog = page.locator("svod-dialog dialog[open]")
    dialog.get_by_label("Краткое название").fill("ООО «Ромашка»")
    dialog.get_by_role("button", name="Сохранить").click()
    expect(card.locator(".crm-req")).to_contain_text("ООО «Ромашка»")
    expect(card.locator(".sv-panel .crm-tab-row-nav")).to_be_visible()
    card.locator(".sv-tab").first.click()
    expect(card.locator(".crm-entries")).to_contain_text("Звонить после обеда")
