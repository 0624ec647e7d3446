"""Processes in a browser: started from the tab, followed, gone on by a button, mended."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from staff.models import Employee
from tests.e2e.conftest import SignIn
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import put, step, template_of
from workflows.engine.work import work_all
from workflows.models import Instance, Template

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)
BUTTONS = [
    {"code": "yes", "label": "Согласен", "color": "green"},
    {"code": "no", "label": "Отказать", "color": "red", "comment": "required"},
]


@pytest.fixture
def world(page: Page, portal: str, sign_in: SignIn) -> World:
    """Anna's list with a process that asks for a reason and then for a button."""
    made = make_world()
    made.add("Ель")
    reason = {"code": "why", "label": "Причина", "kind": "string", "required": True}
    steps = [
        put("a", "{{Parameter.why}}", "first") | {"name": "Записать причину"},
        step("command", "ask", commands=BUTTONS) | {"name": "Решение"},
        put("b", "1", "last") | {"name": "Записать итог"},
    ]
    template = template_of(
        steps, code="deal", list_=made.list, parameters=[reason],
        variables=[{"code": "a"}, {"code": "b"}],
    )  # fmt: skip
    Template.objects.filter(pk=template.pk).update(name="Согласование")
    sign_in(page, made.anna)
    return made


def tab(page: Page, portal: str, world: World) -> Locator:
    """The tab of the only element, in the drawer over the grid."""
    page.goto(portal + world.list.get_absolute_url())
    page.get_by_role("link", name="Ель", exact=True).click()
    drawer = page.locator("svod-drawer dialog[open]")
    drawer.get_by_role("link", name="Процессы").click()
    expect(drawer.get_by_role("heading", name="Запустить процесс")).to_be_visible()
    return drawer


def begin(page: Page, drawer: Locator) -> None:
    drawer.get_by_role("link", name="Согласование").click()
    dialog = page.locator("svod-dialog dialog[open]")
    dialog.get_by_role("button", name="Запустить").click()
    expect(dialog.locator(".sv-error")).to_be_visible()
    dialog.get_by_label("Причина").fill("Нужно к пятнице")
    dialog.get_by_role("button", name="Запустить").click()
    expect(page.locator("svod-dialog dialog[open]")).to_have_count(0)


def test_started_followed_and_gone_on_by_a_button(
    page: Page, portal: str, world: World, axe: Axe
) -> None:
    drawer = tab(page, portal, world)
    axe(page)
    begin(page, drawer)
    expect(drawer.get_by_text("Выполняется").first).to_be_visible()
    work_all()
    here = drawer.locator('[aria-current="step"]')
    expect(here).to_contain_text("Решение")  # the card looks anew by itself
    expect(drawer.locator('.pr-spot[data-state="done"]')).to_contain_text("Записать причину")
    expect(drawer.locator('.pr-spot[data-state="ahead"]')).to_contain_text("Записать итог")
    axe(page)
    drawer.get_by_role("link", name="Отказать").click()
    dialog = page.locator("svod-dialog dialog[open]")
    dialog.get_by_role("button", name="Отказать").click()
    expect(dialog.locator("#command-error")).to_be_visible()
    axe(page)
    dialog.locator("#command-comment").fill("Дорого")
    dialog.get_by_role("button", name="Отказать").click()
    expect(dialog).to_have_count(0)
    work_all()
    page.reload()
    drawer = tab(page, portal, world)
    done = drawer.get_by_role("region", name="Завершённые")
    done.locator("summary").first.click()
    expect(done.locator(".pr-name").last).to_contain_text("Записать итог")
    assert Instance.objects.get().state["results"]["ask"]["comment"] == "Дорого"


def test_a_process_is_cancelled_after_a_question(page: Page, portal: str, world: World) -> None:
    drawer = tab(page, portal, world)
    begin(page, drawer)
    drawer.get_by_role("button", name="Отменить процесс").click()
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("Отменить процесс?")
    question.get_by_role("button", name="Отменить процесс").click()
    expect(drawer.locator('article[data-status="cancelled"]')).to_be_visible()
    assert Instance.objects.get().status == "cancelled"


def test_an_administrator_finds_the_failed_one_and_has_it_tried_again(
    page: Page, portal: str, world: World, sign_in: SignIn, axe: Axe
) -> None:
    missing = step("element_read", "read", list=world.list.pk, element="{{Variable.which}}")
    template = template_of(
        [missing | {"name": "Прочитать карточку"}], code="bad", list_=world.list,
        variables=[{"code": "which"}],
    )  # fmt: skip
    Template.objects.filter(pk=template.pk).update(name="Проверка")
    from workflows.services.instances import launch

    failed = launch(template, world.anna, subject_id=world.add("Тис").pk)
    work_all()
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Главный")
    sign_in(page, boss)
    page.goto(portal + "/processes/running/")
    expect(page.get_by_role("listitem").filter(has_text="Проверка")).to_contain_text("Тис")
    axe(page)
    page.locator(".rp-count[data-status=failed]").click()
    expect(page).to_have_url(re.compile("status=failed"))
    page.get_by_role("link", name="Проверка").click()
    drawer = page.locator("svod-drawer dialog[open]")
    expect(drawer.get_by_role("alert")).to_be_visible()
    axe(page)
    drawer.get_by_role("button", name="Повторить").click()
    expect(drawer.locator("article")).to_have_attribute("data-status", "running")
    work_all()
    expect(drawer.get_by_role("button", name="Пропустить шаг")).to_be_visible()
    drawer.get_by_role("button", name="Пропустить шаг").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Пропустить").click()
    expect(drawer.locator("article")).to_have_attribute("data-status", "running")
    work_all()
    expect(drawer.locator("article")).to_have_attribute("data-status", "done")
    assert Instance.objects.get(pk=failed.pk).status == "done"


def test_the_health_of_the_engine_has_a_chart_and_its_table(
    page: Page, portal: str, world: World, sign_in: SignIn, axe: Axe
) -> None:
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Главный")
    sign_in(page, boss)
    page.goto(portal + "/processes/health/")
    expect(page.locator("svod-chart canvas")).to_be_visible()
    page.get_by_text("Таблицей").click()
    expect(page.locator("svod-chart tbody tr")).to_have_count(14)
    axe(page)
