"""Two browsers at a real web process: what one writes raises the other's bell at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lists_core.models import Comment
from lists_core.services.comments import add_comment
from staff.models import Employee, Notification, NotificationPreference
from staff.services.notifications import notify
from svod.base.live import _sender
from tests.e2e.conftest import settled
from tests.lists_core.element_world import World, make_world
from tests.web_server import web_server

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SVOD_SHOTS", "")


@pytest.fixture(autouse=True)  # set up first, so that it ends after the browsers
def portal(free_port: int, settings: Any) -> Iterator[str]:
    """Granian instead of the tests' own server, for live news need ASGI."""
    with web_server(free_port) as server:
        settings.LIVE_REDIS_URL = server.redis.url
        yield server.url
        _sender(server.redis.url).client.close()


@pytest.fixture
def world(portal: str) -> World:
    return make_world()


def shot(page: Page, name: str) -> None:
    """Pictures for whoever looks at the pages: SVOD_SHOTS=<folder>."""
    if SHOTS:
        settled(page)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", caret="initial")


def test_a_mention_raises_the_others_bell(
    page: Page, second: Page, portal: str, world: World,
    sign_in: Callable[..., None], axe: Callable[..., None],
) -> None:  # fmt: skip
    element = world.add("Договор с Ёлкой")
    sign_in(page, world.anna)
    sign_in(second, world.petr)
    second.goto(f"{portal}/people/")
    second.wait_for_timeout(1500)  # the stream opens after the page has loaded
    count = second.locator(".sv-bell-count")
    expect(count).to_be_empty()

    page.goto(f"{portal}{world.url('element_comments', element.pk)}")
    axe(page)
    area = page.get_by_label("Новый комментарий")
    area.press_sequentially("Посмотрите, @Пет")
    expect(page.get_by_role("option", name="Петров Пётр")).to_be_visible()
    shot(page, "mention")
    axe(page, ".sv-talk")
    area.press("Enter")
    area.press_sequentially("до пятницы")
    page.get_by_role("button", name="Отправить").click()
    expect(page.locator(".sv-said")).to_contain_text("Посмотрите, @Петров Пётр до пятницы")
    shot(page, "comments")

    expect(count).to_have_text("1", timeout=5_000)
    toast = second.locator(".sv-toast", has_text="упоминает вас: Договор с Ёлкой")
    expect(toast).to_be_visible()
    shot(second, "toast")
    second.get_by_role("button", name="Уведомления: 1 непрочитанное").click()
    item = second.locator("#bell-panel").get_by_role("link", name="Иванова Анна упоминает вас")
    expect(item).to_be_visible()
    shot(second, "bell")
    axe(second, "#bell-panel")
    item.click()
    expect(second.locator(".sv-said .sv-mention")).to_have_text("@Петров Пётр")
    expect(second.locator(".sv-bell-count")).to_be_empty()


def test_an_answer_appears_by_itself(
    page: Page, second: Page, portal: str, world: World, sign_in: Callable[..., None]
) -> None:
    """Both look at the conversation; one writes, changes and deletes."""
    element = world.add("Договор с Ёлкой")
    add_comment(world.list.pk, element.pk, "Посмотрите", actor=world.anna)
    sign_in(page, world.anna)
    sign_in(second, world.petr)
    for one in (page, second):
        one.goto(f"{portal}{world.url('element_comments', element.pk)}")
        one.wait_for_timeout(1500)  # the stream opens after the page has loaded
    second.get_by_label("Новый комментарий").fill("Хорошо")
    second.get_by_role("button", name="Отправить").click()
    expect(page.locator(".sv-said")).to_have_count(2, timeout=5_000)
    expect(page.locator(".sv-bell-count")).to_have_text("1")
    assert Comment.objects.count() == 2

    second.get_by_role("link", name="Изменить комментарий").click()
    expect(second.locator(".sv-talk textarea")).to_have_value("Хорошо")
    second.locator(".sv-talk textarea").fill("Хорошо, посмотрю")
    second.get_by_role("button", name="Сохранить").click()
    expect(second.locator(".sv-said").last).to_contain_text("Хорошо, посмотрю")
    second.locator(".sv-said").last.get_by_role("button", name="Удалить комментарий").click()
    second.get_by_role("button", name="Удалить", exact=True).click()
    expect(second.locator(".sv-said")).to_have_count(1)


def test_the_page_and_the_settings(
    page: Page, portal: str, world: World, sign_in: Callable[..., None], axe: Callable[..., None]
) -> None:
    sign_in(page, world.anna)
    page.goto(f"{portal}/notifications/")
    expect(page.get_by_text("Уведомлений пока нет")).to_be_visible()
    axe(page)
    shot(page, "empty")
    notify([world.anna], "task", "Согласуйте договор № 12", body="Срок — пятница.", url="/people/")
    notify([world.anna], "process", "Полис ОСАГО заканчивается через 10 дней", actor=world.petr)
    notify([world.anna], "mention", "Петров Пётр упоминает вас: Договор", url="/lists/999/")
    page.reload()
    expect(page.locator(".sv-news")).to_have_count(3)
    axe(page)
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
        for width, name in ((1440, "wide"), (390, "phone")):
            page.set_viewport_size({"width": width, "height": 900})
            shot(page, f"news-{name}-{theme}")
        axe(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="Сообщения процессов").click()
    expect(page.locator(".sv-news")).to_have_count(1)
    page.get_by_role("button", name="Отметить прочитанным").click()
    page.get_by_role("link", name="Непрочитанные").click()
    page.get_by_role("link", name="Все виды").click()
    expect(page.locator(".sv-news")).to_have_count(2)
    page.get_by_role("button", name="Отметить всё прочитанным").click()
    expect(page.get_by_text("Всё прочитано")).to_be_visible()
    expect(page.locator(".sv-bell-count")).to_be_empty()
    assert not Notification.objects.filter(read_at=None).exists()


def test_the_settings(
    page: Page, portal: str, world: World, sign_in: Callable[..., None], axe: Callable[..., None]
) -> None:
    sign_in(page, world.anna)
    page.goto(f"{portal}/notifications/")
    page.get_by_role("link", name="Настройки уведомлений").first.click()
    expect(page.get_by_role("group", name="Задания")).to_be_visible()
    axe(page)
    shot(page, "settings")
    group = page.get_by_role("group", name="Задания")
    group.get_by_label("На портале и в ежедневном письме").check()
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("group", name="Задания").get_by_label("ежедневном")).to_be_checked()
    assert NotificationPreference.objects.get(kind="task").delivery == "digest"
    page.set_viewport_size({"width": 390, "height": 900})
    shot(page, "settings-phone")
    Employee.objects.filter(pk=world.anna.pk).update(language="en")
    page.goto(f"{portal}/notifications/")
    expect(page.get_by_role("heading", name="Notifications", exact=True).first).to_be_visible()
    shot(page, "news-en")
