"""The reminder process from nothing: wait until some days before a date, then set a task.

Once with the mouse, once with the keyboard alone; published after a mistake was mended, tried
out, then started by hand, and the clock goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from staff.models import Employee
from tests.lists_core.element_world import World, make_world
from workflows.engine.work import work_all
from workflows.models import Task, Template
from workflows.services.instances import start
from workflows.services.template_changes import new_template

SignIn = Callable[[Page, Employee], None]
SAVED = "Черновик сохранён"
WAIT, SET = "Ждать до даты", "Поставить задание"


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    made.field("date", "UNTIL")
    return made


@pytest.fixture
def template(page: Page, portal: str, world: World, sign_in: SignIn) -> Template:
    """A new process, open in the designer."""
    made = new_template(actor=world.anna, name="Срок полиса", list_id=world.list.pk)
    sign_in(page, world.anna)
    page.goto(f"{portal}/processes/{made.pk}/design/")
    expect(page.locator("svod-process.is-ready")).to_be_attached()
    return made


def saved(page: Page) -> None:
    expect(page.locator("[data-state]")).to_have_text(SAVED)


def param(page: Page, name: str) -> Locator:
    return page.locator(f'[data-editor] [data-param="p-{name}"]')


def by_mouse(page: Page) -> None:
    """Without the person responsible: that is the mistake."""
    page.locator('[data-toolbox] [data-tool="wait_until"]').click()
    param(page, "date").locator("[data-toggle]").click()
    param(page, "date").get_by_role("button", name="Вставить значение из процесса").click()
    page.get_by_role("dialog").get_by_role("button", name="Until").click()
    expect(param(page, "date").locator(".sv-value-chip")).to_have_text("Until")
    param(page, "shift").get_by_label("Сколько").fill("3")
    page.locator('[data-toolbox] [data-tool="task"]').click()
    param(page, "title").locator("input").fill("Продлите {{Document.NAME}}")


def by_keyboard(page: Page) -> None:
    tab_to(page, page.locator('[data-do="list"]'))
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type(WAIT)
    page.keyboard.press("Enter")
    expect(page.locator("[data-editor] h2")).to_have_text(WAIT)
    tab_to(page, param(page, "date").locator("[data-toggle]"))
    page.keyboard.press("Enter")
    tab_to(page, param(page, "date").locator(".sv-insert"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("until")
    page.keyboard.press("Enter")
    expect(param(page, "date").locator("[data-expr] input")).to_be_focused()
    tab_to(page, param(page, "shift").get_by_label("Сколько"))
    page.keyboard.type("3")
    saved_soon(page)
    tab_to(page, page.locator("[data-row]"), back=True)
    page.keyboard.press("+")
    page.keyboard.type(SET)
    page.keyboard.press("Enter")
    expect(param(page, "title").locator("input")).to_be_focused()
    page.keyboard.type("Продлите {{Document.NAME}}")


def saved_soon(page: Page) -> None:
    expect(page.locator("[data-row]").first).to_contain_text("Until")
    saved(page)


def tab_to(page: Page, target: Locator, *, back: bool = False) -> None:
    """Press Tab until the control has the focus."""
    for _press in range(80):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not lead to {target}")


@pytest.mark.parametrize("way", [by_mouse, by_keyboard])
def test_the_reminder(
    page: Page, world: World, template: Template, way: Callable[[Page], None]
) -> None:
    way(page)
    expect(page.locator("[data-editor] h2")).to_have_text(SET)
    saved(page)
    page.get_by_role("button", name="Опубликовать").click()
    dialog = page.get_by_role("dialog")
    dialog.locator('[data-problem-param="people"]').click()
    expect(dialog).to_be_hidden()
    people = param(page, "people")
    expect(people.locator(".sv-error")).to_be_visible()
    people.locator(".ts-control input").focus()
    page.keyboard.type("запустил")
    chosen = page.locator(".ts-dropdown:visible .option.active", has_text="Кто запустил")
    expect(chosen.first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-problem-count]")).to_contain_text("Готов к публикации")
    saved(page)
    check_draft(template)
    publish(page, template)
    live_through(world, template)


def check_draft(template: Template) -> None:
    template.refresh_from_db()
    wait, task = template.draft["steps"]
    assert (wait["type"], task["type"]) == ("wait_until", "task")
    assert wait["params"]["date"] == "{{Document.UNTIL}}"
    assert wait["params"]["shift"] == {"amount": 3, "unit": "days"}
    assert task["params"] == {"title": "Продлите {{Document.NAME}}", "people": ["starter"]}


def publish(page: Page, template: Template) -> None:
    page.get_by_role("button", name="Опубликовать").click()
    page.get_by_role("dialog").get_by_role("button", name="Опубликовать").click()
    page.wait_for_url(f"**/processes/{template.pk}/")
    expect(page.get_by_text(WAIT).first).to_be_visible()


def live_through(world: World, template: Template) -> None:
    """Three days before the date, and not earlier, there is a task for the starter."""
    now = timezone.localtime()
    element: Any = world.add("Полис 17", UNTIL=now.date() + timedelta(days=10))
    template.refresh_from_db()
    start(template, actor=world.anna, subject_id=element.pk)
    work_all(now + timedelta(days=6))
    assert Task.objects.count() == 0
    work_all(now + timedelta(days=7, hours=12))
    task = Task.objects.get()
    assert task.title == "Продлите Полис 17"
    assert [one.employee for one in task.people.all()] == [world.anna]
