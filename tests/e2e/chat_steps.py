"""What happens in a chat window and at a desk, step by step, for test_chat.py."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Frame, Page, expect

from openlines.models import Conversation
from openlines.services import desk
from tests.e2e.conftest import settled
from tests.openlines.chat_world import Chat

SHOTS = os.environ.get("SVOD_SHOTS", "")
LATER = """() => {
  const now = Date.now;
  Date.now = () => now() + 3_000_000;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def shot(page: Page, name: str) -> None:
    """Pictures for whoever looks at the pages: SVOD_SHOTS=<folder>."""
    if SHOTS:
        settled(page)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", caret="initial")


def told_how_to_be_reached(page: Page, visitor: Page, frame: Frame) -> None:
    """Asked beside the box, in working hours too, on a phone as well; told, it asks no more."""
    visitor.set_viewport_size({"width": 390, "height": 844})
    frame.get_by_text("Как с вами связаться?").click()
    shot(visitor, "chat-site-reach")
    reach = frame.locator("#reach")
    reach.get_by_placeholder("Телефон").fill("8 916 765-43-21")
    reach.get_by_role("button", name="Отправить").click()
    expect(page.locator(".sv-talk-messages")).to_contain_text("8 916 765-43-21")
    expect(frame.get_by_text("Как с вами связаться?")).to_be_hidden()
    visitor.set_viewport_size({"width": 1280, "height": 720})


def has_fresh_addresses(frame: Frame) -> None:
    """A window that is open for an hour asks for the addresses of its files once more."""
    with frame.page.expect_request("**/messages/"):
        frame.evaluate(LATER)


def closed_under_the_hands(page: Page, world: Chat) -> None:
    """What was typed and not sent is shown where the box was, until it is thrown away."""
    page.get_by_label("Ответ", exact=True).fill("Уже почти дописал")
    desk.close(Conversation.objects.get(customer__name="Ирина").pk, actor=world.boss)
    expect(page.get_by_label("Ответ", exact=True)).to_be_hidden()
    left = page.get_by_label("Что не отправлено")
    expect(left).to_have_value("Уже почти дописал")
    shot(page, "chat-left-phone")
    page.reload()
    expect(left).to_have_value("Уже почти дописал")
    page.get_by_role("button", name="Скопировать").click()
    expect(page.get_by_text("Скопировано")).to_be_visible()
    page.get_by_role("button", name="Написать ещё раз").click()
    expect(page.get_by_label("Ответ", exact=True)).to_have_value("Уже почти дописал")
    expect(left).to_be_hidden()


def is_there_in_another_tab(page: Page) -> None:
    """A card of CRM beside the desk: its tab is in sight again, and it tells so at once."""
    with page.expect_request("**/seen/"):
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
