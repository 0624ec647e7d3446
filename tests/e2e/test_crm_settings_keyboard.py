"""Robots and questionnaires set with the keyboard alone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from crm_link.models import Question, Robot
from crm_link.services.qualification import set_up_qualification
from crm_link.services.robots import add_robot
from staff.models import Employee
from tests.crm_link.crm_world import administrator, crm, stage
from tests.e2e.conftest import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
MOST_TABS = 90


@pytest.fixture
def admin(page: Page, portal: str, sign_in: SignIn) -> Employee:
    found = administrator()
    crm(found)
    set_up_qualification(actor=found)
    sign_in(page, found)
    return found


def go_to(page: Page, target: Locator) -> None:
    """Press Tab until the thing has the focus, as somebody without a mouse does."""
    expect(target).to_be_visible()
    for _press in range(MOST_TABS):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    go_to(page, target)
    page.keyboard.press(key)


def test_robots_and_questions_by_keyboard(page: Page, portal: str, admin: Employee) -> None:
    new = stage("lead", "NEW")
    values = {"params": {"values": {"COMMENTS": "раз"}}}
    first = add_robot(new.pk, "element_update", actor=admin, name="Первый", **values)
    second = add_robot(new.pk, "element_update", actor=admin, name="Второй", **values)
    page.goto(f"{portal}{reverse('crm_robots')}?kind=lead")
    column = page.get_by_role("region", name=str(new))
    press(page, column.get_by_role("button", name="Переместить: Первый"), "Alt+ArrowDown")
    expect(column.locator(".rb-title").first).to_have_text("Второй")
    press(page, column.get_by_role("button", name="Отключить").first)
    expect(column.get_by_role("button", name="Включить")).to_be_visible()
    press(page, column.get_by_role("link", name="Первый"))
    drawer = page.locator("svod-drawer dialog[open]")
    press(page, drawer.get_by_label("Название робота"), "Control+A")
    page.keyboard.type("Заметка")
    press(page, drawer.get_by_role("button", name="Сохранить"))
    expect(column.get_by_role("link", name="Заметка")).to_be_visible()
    press(page, column.get_by_role("button", name="Удалить: Второй"))
    press(page, page.get_by_role("alertdialog").get_by_role("button", name="Подтвердить"))
    expect(column.get_by_role("link", name="Второй")).to_have_count(0)
    assert list(Robot.objects.values_list("pk", "name")) == [(first.pk, "Заметка")]
    assert second.pk != first.pk
    a_question_is_added_and_moved(page, portal)


def a_question_is_added_and_moved(page: Page, portal: str) -> None:
    page.goto(f"{portal}{reverse('crm_questionnaires')}")
    press(page, page.get_by_role("main").get_by_role("link", name="Квалификация").first)
    press(page, page.get_by_role("link", name="Новый вопрос"))
    dialog = page.get_by_role("dialog")
    go_to(page, dialog.get_by_label("Вопрос"))
    page.keyboard.type("Кто решает")
    press(page, dialog.get_by_role("button", name="Добавить вопрос"))
    expect(dialog).to_have_count(0)
    assert Question.objects.filter(field__name="Кто решает").exists()
