"""Lists in the cards of CRM: a student added from the deal, the client's backlog on its board."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from crm_link.kinds import COMPANY, DEAL
from lists_core.demo.loading import options
from lists_core.models import FieldOption, List
from lists_core.schema.cache import schema_of
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee
from tests.crm_link.crm_world import administrator, crm, item
from tests.e2e.conftest import SignIn

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def anna(page: Page, portal: str, sign_in: SignIn) -> Employee:
    """CRM is set up, and she is signed in."""
    page.set_default_timeout(40_000)  # the first card of a fresh portal reads all its parts
    admin = administrator()
    crm(admin)
    sign_in(page, admin)
    return admin


def bound_list(admin: Employee, name: str, kind: str, *fields: tuple[str, str, str, dict]) -> List:
    list_ = create_list(actor=admin, everyone="edit", name=name)
    settings = {"kinds": [kind], "visible": True}
    create_field(list_.pk, "crm", actor=admin, name="Привязка", code="TO", settings=settings)
    for code, type_, label, own in fields:
        create_field(list_.pk, type_, actor=admin, name=label, code=code, settings=own)
    return List.objects.get(pk=list_.pk)


def tab(page: Page, name: str) -> Locator:
    return page.locator(".sv-tab", has_text=name)


def drawer(page: Page) -> Locator:
    return page.locator("svod-drawer dialog[open]")


def add(page: Page, name: str) -> None:
    page.locator("svod-grid").get_by_role("link", name="Добавить элемент").first.click()
    drawer(page).locator("#id_NAME").fill(name)
    drawer(page).get_by_role("button", name="Сохранить", exact=True).click()
    expect(drawer(page)).to_have_count(0)


def test_a_student_is_added_from_the_deal(
    page: Page, portal: str, anna: Employee, axe: Axe
) -> None:
    students = bound_list(anna, "Студенты", "deal", ("SCORE", "number", "Балл", {}))
    deal = item("deal", anna, "Обучение монтажников").pk
    page.goto(f"{portal}/crm/{DEAL.slug}/{deal}/")
    expect(tab(page, "Студенты").locator(".sv-count")).to_have_text("0")
    tab(page, "Студенты").click()
    expect(page.get_by_text("Пока ничего не привязано")).to_be_visible()
    page.locator("svod-grid").get_by_role("link", name="Добавить элемент").first.click()
    expect(drawer(page).locator("[data-field=TO]")).to_contain_text("Обучение монтажников")
    drawer(page).locator("#id_NAME").fill("Зуева Анна")
    drawer(page).get_by_role("button", name="Сохранить", exact=True).click()
    row = page.locator("tbody tr[data-id]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Зуева Анна")
    expect(tab(page, "Студенты").locator(".sv-count")).to_have_text("1")
    schema = schema_of(students)
    assert schema["TO"].read(schema.model.objects.get()) == f"D_{deal}"
    edit_and_search(page, row)
    assert schema["SCORE"].read(schema.model.objects.get()) == 92
    axe(page, ".crm-panel")


def edit_and_search(page: Page, row: Locator) -> None:
    """The table in the tab edits in place, and its address is its own."""
    head = page.locator("thead th[data-code]").evaluate_all(
        "heads => heads.map(head => head.dataset.code)"
    )
    cell = row.locator("td").nth(head.index("SCORE") + 1)
    cell.dblclick()
    page.locator("#cell-edit input[name=value]").fill("92")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("92")
    page.locator(".sv-grid-search input").fill("никого")
    expect(page.get_by_text("Ничего не найдено")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/crm/deal/\d+/lists/\d+/\?q=[^&]+$"))
    page.reload()
    expect(page.get_by_text("Ничего не найдено")).to_be_visible()
    page.get_by_role("link", name="Сбросить фильтр").click()
    expect(row).to_have_count(1)


def test_the_clients_backlog_moves_on_its_board(page: Page, portal: str, anna: Employee) -> None:
    statuses = options(Новая="grey", Готово="green")
    backlog = bound_list(anna, "Бэклог", "company", ("STATUS", "list", "Статус", statuses))
    company = item("company", anna, "Северный дом").pk
    page.goto(f"{portal}/crm/{COMPANY.slug}/{company}/")
    tab(page, "Бэклог").click()
    add(page, "Шаблон договора")
    expect(tab(page, "Бэклог").locator(".sv-count")).to_have_text("1")
    page.locator(".sv-shape", has_text="Канбан").click()
    expect(page.locator(".sv-chip", has_text="Северный дом")).to_be_visible()
    card = page.locator(".sv-card", has_text="Шаблон договора")
    card.hover()
    card.locator(".sv-card-more").click()
    page.get_by_role("menuitem", name="Готово").click()
    expect(page.locator(".sv-lane", has_text="Готово").locator(".sv-card")).to_have_count(1)
    schema = schema_of(backlog)
    done = FieldOption.objects.get(field=schema["STATUS"].field, name="Готово").pk
    assert schema["STATUS"].read(schema.model.objects.get()) == done
