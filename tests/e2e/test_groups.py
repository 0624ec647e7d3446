"""A table is grouped, gets totals, is saved as a view and opened again."""

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
    fields.create_field(list_.pk, "string", actor=maker, name="Склад", code="PLACE")
    fields.create_field(list_.pk, "boolean", actor=maker, name="Есть", code="HERE")
    for number in range(6):
        place = [None, "Север", "Юг"][number % 3]
        values = {"NAME": f"Товар {number}", "PRICE": Decimal(number), "PLACE": place}
        create_element(list_.pk, {**values, "HERE": number > 2}, actor=maker)
    return list_


def group(page: Page) -> None:
    page.get_by_role("button", name="Группировка").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Группировать", exact=True).select_option(label="Склад")
    dialog.get_by_label("Затем", exact=True).select_option(label="Есть")
    dialog.get_by_role("button", name="Применить").click()
    expect(page.locator("tr.sv-group")).to_have_count(3)


def test_grouping_with_totals_is_saved_and_opened_again(
    page: Page, portal: str, sign_in: SignIn, axe: Callable[..., None], employee: Employee
) -> None:
    Employee.objects.filter(pk=employee.pk).update(is_staff=True)
    employee.refresh_from_db()
    list_ = goods(employee)
    sign_in(page, employee)
    page.goto(f"{portal}/lists/{list_.pk}/")

    group(page)
    page.locator("[data-total=PRICE]").click()
    page.get_by_role("menuitemradio", name="сумма").click()
    expect(page.locator("tfoot")).to_contain_text("15")
    north = page.locator("tr.sv-group", has_text="Север")
    expect(north).to_contain_text("5")  # of 1 and 4

    north.locator(".sv-group-turn").focus()
    page.keyboard.press("ArrowRight")
    expect(north).to_have_attribute("aria-expanded", "true")
    inner = page.locator("tr.sv-group[data-level='2']")
    expect(inner).to_have_count(2)
    inner.first.click()
    row = page.locator("tr[data-id]")
    expect(row).to_contain_text("Товар 4")
    expect(page).to_have_url(re.compile("&open="))
    page.reload()
    expect(row).to_contain_text("Товар 4")
    axe(page, "#content")

    page.get_by_role("button", name="Новый вид").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Название").fill("По складам")
    dialog.get_by_role("button", name="Сохранить").click()
    link = page.get_by_role("link", name="По складам")
    expect(link).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(rf"\?view={ListView.objects.get().pk}&open="))
    expect(row).to_contain_text("Товар 4")  # what was open is open again

    page.goto(f"{portal}/lists/{list_.pk}/")
    link.click()
    expect(page.locator("tr.sv-group")).to_have_count(3)
    expect(page.locator("tfoot")).to_contain_text("15")
