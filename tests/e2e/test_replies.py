"""Quick replies by the keyboard alone: searched, two put into one draft, places filled, kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from lists_core.schema.cache import forget_schemas
from openlines.models import Message, ReplyUse
from tests.e2e.conftest import SignIn
from tests.openlines.chat_world import Chat, chat

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(page: Page, portal: str, sign_in: SignIn) -> Iterator[Chat]:
    """The button has made the list; the operator looks at a conversation."""
    world = chat(queue="evenly")
    world.anna.first_name, world.anna.last_name = "Анна", "Смирнова"
    world.anna.save()
    world.write("Добрый день! Сколько стоит доставка в Тулу?", facts={"name": "Ирина"})
    sign_in(page, world.boss)
    page.goto(f"{portal}/chat/lines/{world.line.pk}/replies/")
    page.get_by_role("button", name="Создать").click()
    expect(page.get_by_role("link", name="Открыть список", exact=True)).to_be_visible()
    sign_in(page, world.anna)
    page.goto(f"{portal}/chat/{world.conversation().pk}/")
    yield world
    forget_schemas()


def test_an_answer_of_quick_replies_by_the_keyboard(page: Page, world: Chat, axe: Axe) -> None:
    said = page.locator("[data-talk-messages]")
    answer_in_four_presses(page)
    expect(said).to_contain_text("Точная стоимость зависит от адреса")
    put_two_into_one_draft(page, axe)
    send_what_is_not_filled(page)
    expect(said).to_contain_text("Ваш заказ № 512 уже в пути")
    last = Message.objects.filter(kind="operator").latest("pk")
    assert ReplyUse.objects.filter(message=last).count() == 2
    keep_it_and_find_it(page, axe)


def answer_in_four_presses(page: Page) -> None:
    """The slash, a letter, in it goes, off it goes."""
    draft = page.locator("textarea[name=text]")
    expect(page.locator(".sv-replies-chip").first).to_contain_text("Доставка")
    expect(draft).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("д")
    page.keyboard.press("Enter")
    expect(draft).to_have_value(re.compile("Доставляем"))
    page.keyboard.press("Enter")


def put_two_into_one_draft(page: Page, axe: Axe) -> None:
    """The first by its category, its places filled; the second by a word of its text."""
    draft, panel = page.locator("textarea[name=text]"), page.locator(".sv-replies-panel")
    page.keyboard.type("/")
    expect(panel.get_by_role("option")).not_to_have_count(0)
    axe(page, ".sv-replies-panel")
    page.keyboard.press("Tab")
    tab = panel.get_by_role("button", name="Приветствие")
    expect(tab).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(draft).to_have_value(re.compile("Ирина! Меня зовут Анна"))
    page.keyboard.type(" /заказ")
    page.keyboard.press("Enter")
    expect(draft).to_have_value(re.compile("Анна.*Ваш заказ {{deal.number}}"))


def send_what_is_not_filled(page: Page) -> None:
    """What nothing is known of is warned of before the answer goes, and chosen to be typed."""
    page.keyboard.press("Enter")
    expect(page.get_by_text("Не заполнено: {{deal.number}}")).to_be_visible()
    page.keyboard.type("№ 512")
    page.keyboard.press("Enter")


def keep_it_and_find_it(page: Page, axe: Axe) -> None:
    """What was said well is kept for oneself, and found at once."""
    panel = page.locator(".sv-replies-panel")
    page.locator(".sv-said-keep").last.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("svod-dialog dialog[open]")
    dialog.get_by_label("Название").fill("Про заказ 512")
    dialog.get_by_label("Короткий код").fill("/512")
    axe(page, "svod-dialog dialog")
    dialog.get_by_role("button", name="Сохранить").click()
    expect(dialog).to_have_count(0)
    page.locator("textarea[name=text]").focus()
    page.keyboard.type("/512")
    expect(panel.get_by_role("option")).to_have_count(1)
    expect(panel).to_contain_text("Про заказ 512")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
