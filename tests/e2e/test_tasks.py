"""The inbox in a real browser: approving in place, a task, a questionnaire, handing on, many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import SignIn
from tests.lists_core.element_world import World, make_world
from tests.workflows.processes import step, template_of
from workflows.engine.work import work_all
from workflows.models import Instance, Task
from workflows.services.instances import launch

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)
QUESTIONS = [
    {
        "title": "О поставке",
        "fields": [
            {"code": "when", "label": "Когда придёт", "kind": "date", "required": True},
            {"code": "sum", "label": "Сколько стоит", "kind": "number"},
            {"code": "how", "label": "Чем везут", "kind": "list", "options": ["Поезд", "Машина"]},
        ],
    }
]


@pytest.fixture
def world(page: Page, portal: str, sign_in: SignIn) -> World:
    """A list, and Petr, signed in."""
    made = make_world()
    sign_in(page, made.petr)
    return made


def ask(world: World, type_: str, title: str, **params: Any) -> Task:
    """A task of Petr's, set by a process on an element."""
    given = {"title": title, "people": [f"employee:{world.petr.pk}"], **params}
    code = f"p{Instance.objects.count()}"
    template = template_of([step(type_, "ask", **given)], code=code, list_=world.list)
    template.name = "Согласование договора"
    template.save()
    instance = launch(template, world.anna, subject_id=world.add("Договор 7", PRICE=5).pk)
    work_all()
    return Task.objects.get(instance=instance)


def row(page: Page, title: str) -> Locator:
    return page.locator(".tk-row", has_text=title)


def drawer(page: Page) -> Locator:
    return page.locator("svod-drawer dialog[open]")


def inbox(page: Page, portal: str) -> None:
    page.goto(portal + reverse("tasks"))


def test_approving_in_place(page: Page, portal: str, world: World, axe: Axe) -> None:
    first = ask(world, "approve", "Счёт на оплату", text="Прошу согласовать")
    ask(world, "approve", "Второй счёт")
    inbox(page, portal)
    axe(page)
    expect(page.get_by_role("link", name="Задания").locator(".sv-side-count")).to_contain_text("2")
    row(page, "Счёт на оплату").get_by_role("button", name="Согласовать").click()
    expect(row(page, "Счёт на оплату")).to_contain_text("Согласовано")
    expect(page.get_by_role("link", name="Задания").locator(".sv-side-count")).to_contain_text("1")
    first.refresh_from_db()
    assert first.state == "done"
    row(page, "Второй счёт").get_by_role("button", name="Отклонить").click()
    box = row(page, "Второй счёт").get_by_label("Комментарий")
    row(page, "Второй счёт").locator(".tk-answer").get_by_role("button", name="Отклонить").click()
    expect(row(page, "Второй счёт")).to_contain_text("Объясните решение")
    axe(page)
    box.fill("Дорого")
    row(page, "Второй счёт").locator(".tk-answer").get_by_role("button", name="Отклонить").click()
    expect(row(page, "Второй счёт")).to_contain_text("Отклонено")
    assert not Task.objects.filter(state="open").exists()


def test_a_task_with_a_checklist(page: Page, portal: str, world: World, axe: Axe) -> None:
    task = ask(world, "task", "Подготовить склад", checklist=["Вымести", "Посчитать"], strict=True)
    inbox(page, portal)
    page.get_by_role("link", name="Подготовить склад").click()
    panel = drawer(page)
    expect(panel.get_by_text("0/2")).to_be_visible()
    expect(panel).to_contain_text("Договор 7")
    axe(page)
    panel.get_by_role("button", name="Готово").click()
    expect(panel).to_contain_text("Не все пункты")
    panel.get_by_label("Вымести").check()
    expect(panel.get_by_text("1/2")).to_be_visible()
    panel.get_by_label("Посчитать").check()
    expect(panel.get_by_text("2/2")).to_be_visible()
    panel.get_by_label("Комментарий").fill("Всё на месте")
    panel.get_by_role("button", name="Готово").click()
    expect(drawer(page)).to_have_count(0)
    expect(page.get_by_text("Всё сделано")).to_be_visible()
    task.refresh_from_db()
    assert task.state == "done"


def test_a_questionnaire_keeps_what_was_typed(
    page: Page, portal: str, world: World, axe: Axe
) -> None:
    task = ask(world, "request_info", "Данные о поставке", groups=QUESTIONS)
    inbox(page, portal)
    page.get_by_role("link", name="Данные о поставке").click()
    panel = drawer(page)
    panel.get_by_label("Сколько стоит").fill("12,5")
    panel.get_by_role("button", name="Отправить ответы").click()
    expect(panel.locator(".sv-error")).to_be_visible()
    expect(panel.get_by_label("Сколько стоит")).to_have_value("12,5")
    axe(page)
    panel.get_by_label("Когда придёт").fill("2026-12-05")
    panel.get_by_role("button", name="Отправить ответы").click()
    expect(drawer(page)).to_have_count(0)
    task.refresh_from_db()
    assert task.result["values"]["when"] == {"$date": "2026-12-05"}


def test_handing_on(page: Page, portal: str, world: World, axe: Axe) -> None:
    task = ask(world, "approve", "Передать это")
    inbox(page, portal)
    page.get_by_role("link", name="Передать это").click()
    drawer(page).get_by_role("link", name="Передать").click()
    dialog = page.locator("svod-dialog dialog[open]")
    dialog.locator(".ts-control input").fill("Иванова")
    dialog.locator(".ts-dropdown .option", has_text="Иванова").click()
    dialog.get_by_label("Комментарий").fill("Тебе виднее")
    axe(page)
    dialog.get_by_role("button", name="Передать").click()
    expect(dialog).to_have_count(0)
    assert task.people.get(employee=world.anna).is_open


def test_many_at_once(page: Page, portal: str, world: World, axe: Axe) -> None:
    for number in range(3):
        ask(world, "approve", f"Счёт {number}")
    late = ask(world, "approve", "Чужими руками")
    inbox(page, portal)
    page.get_by_label("Все согласования").check()
    expect(page.locator("[data-number]")).to_have_text("4")
    axe(page)
    Task.objects.filter(pk=late.pk).update(state="cancelled", finished_at=timezone.now())
    page.locator(".tk-bulk").get_by_role("button", name="Согласовать").click()
    expect(page.locator(".tk-report")).to_contain_text("Согласовано 3 задания")
    expect(page.locator(".tk-report")).to_contain_text("Чужими руками")
    axe(page)
    assert Task.objects.filter(state="done").count() == 3


def test_the_second_is_told_who_was_first(page: Page, portal: str, world: World) -> None:
    from workflows.services.task_answers import Given, answer_task

    both = [f"employee:{world.petr.pk}", f"employee:{world.anna.pk}"]
    task = ask(world, "approve", "Кто первый", people=both, mode="any")
    inbox(page, portal)
    part = task.people.get(employee=world.anna)
    answer_task(task.pk, part.pk, Given(answer="no", comment="нет"), actor=world.anna)
    row(page, "Кто первый").get_by_role("button", name="Согласовать").click()
    expect(row(page, "Кто первый")).to_contain_text("Иванова Анна: ответ уже дан")


def test_the_calendar(page: Page, portal: str, world: World, axe: Axe) -> None:
    ask(world, "approve", "Срок завтра", period={"amount": 1, "unit": "days"})
    page.goto(portal + reverse("tasks_calendar"))
    event = page.locator(".ec-event", has_text="Срок завтра").first
    expect(event).to_be_visible()
    axe(page)
    event.click()
    expect(drawer(page)).to_contain_text("Срок завтра")
    page.keyboard.press("Escape")
    for name in ("Неделя", "Список"):
        page.get_by_role("button", name=name).click()
        axe(page)
    page.get_by_role("button", name="Создать адрес").click()
    expect(page.locator("#tk-address")).to_be_visible()


def test_on_a_phone(page: Page, portal: str, world: World, axe: Axe) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    ask(world, "approve", "Счёт на оплату очень длинного названия, которое не влезает")
    hour_ago = timezone.now() - timedelta(hours=1)
    Task.objects.update(deadline=hour_ago)
    inbox(page, portal)
    axe(page)
    width = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(width)
    page.get_by_role("link", name="Счёт на оплату").click()
    expect(drawer(page)).to_contain_text("Согласовать")
    axe(page)
    assert page.evaluate(width)
    page.goto(portal + reverse("tasks_calendar"))
    expect(page.locator(".sv-calendar")).to_be_visible()
    assert page.evaluate(width)
