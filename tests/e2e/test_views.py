"""A view is made of what the table shows, shared, opened by another, changed and saved anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from lists_core.models import List, ListView
from lists_core.services import fields, lists
from lists_core.services.elements import create_element
from staff.models import Employee
from tests.e2e.conftest import SignIn


def goods(maker: Employee) -> List:
    list_ = lists.create_list(actor=maker, everyone="edit", name="Товары")
    fields.create_field(list_.pk, "number", actor=maker, name="Цена", code="PRICE")
    for number in range(6):
        values = {"NAME": f"Товар {number}", "PRICE": Decimal(number)}
        create_element(list_.pk, values, actor=maker)
    return list_


def colour(page: Page) -> None:
    """Rows with a price above 4 are red, all rows low."""
    page.get_by_role("button", name="Строки и цвета").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Низкие строки").click()
    dialog.get_by_role("button", name="Добавить цвет").click()
    dialog.locator("[data-cond] [data-field]").select_option("PRICE")
    dialog.locator("[data-cond] [data-op]").select_option("gt")
    dialog.locator("[data-value] input").fill("4")
    dialog.get_by_role("button", name="Применить").click()
    expect(page.locator("tr.tone-red")).to_have_count(1)


def share(page: Page, name: str) -> None:
    page.get_by_role("button", name="Новый вид").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Название").fill(name)
    dialog.locator(".ts-control").click()
    dialog.locator(".option", has_text="Все сотрудники").click()
    page.keyboard.press("Tab")
    dialog.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")


def test_a_view_is_made_shared_and_opened_by_another(
    page: Page,
    second: Page,
    portal: str,
    sign_in: SignIn,
    axe: Callable[..., None],
    employee: Employee,
) -> None:
    Employee.objects.filter(pk=employee.pk).update(is_staff=True)
    employee.refresh_from_db()
    list_ = goods(employee)
    other = Employee.objects.create_user("petr", "petr@svod.example", "x", last_name="Петров")
    sign_in(page, employee)
    page.goto(f"{portal}/lists/{list_.pk}/?sort=-PRICE")
    colour(page)
    share(page, "Дорогие")
    view = ListView.objects.get()
    expect(page).to_have_url(re.compile(rf"\?view={view.pk}$"))

    head = page.locator("th[data-code=PRICE] .sv-grid-sort")
    head.focus()
    page.keyboard.press("Shift+ArrowUp")
    expect(page.get_by_role("button", name="Сохранить вид")).to_be_visible()
    expect(head).to_be_focused()
    axe(page, "#content")
    page.get_by_role("button", name="Сохранить вид").click()
    expect(page.get_by_role("button", name="Сохранить вид")).to_have_count(0)
    view.refresh_from_db()
    width = page.locator("th[data-code=PRICE]").get_attribute("data-width")
    assert f"PRICE:{width}" in view.state["widths"]

    sign_in(second, other)
    second.goto(f"{portal}/lists/{list_.pk}/")
    second.get_by_role("link", name="Дорогие").click()
    expect(second.locator("#grid tbody tr").first).to_contain_text("Товар 5")
    expect(second.locator("tr.tone-red")).to_have_count(1)
    expect(second.locator("th[data-code=PRICE]")).to_have_attribute("data-width", str(width))
    second.locator("th[data-code=NAME] a").click()
    expect(second.get_by_role("link", name="Как было")).to_be_visible()
    expect(second.get_by_role("button", name="Сохранить вид")).to_have_count(0)
