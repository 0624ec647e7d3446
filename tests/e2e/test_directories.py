"""A used value is replaced as it is deleted; a deleted field comes back with its data."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from lists_core.models import List
from lists_core.services import fields, lists
from lists_core.services.elements import create_element
from staff.models import Employee
from tests.e2e.conftest import SignIn


def brands_and_goods(maker: Employee) -> tuple[List, List]:
    brands = lists.create_list(actor=maker, everyone="edit", name="Марки", is_directory=True)
    goods = lists.create_list(actor=maker, everyone="edit", name="Товары")
    link = {"list": brands.pk, "look": "search", "on_delete": "ask"}
    fields.create_field(goods.pk, "element", actor=maker, name="Марка", code="BRAND", settings=link)
    old, _new = (
        create_element(brands.pk, {"NAME": name}, actor=maker) for name in ("Ель", "Сосна")
    )
    create_element(goods.pk, {"NAME": "Стул", "BRAND": old.pk}, actor=maker)
    return brands, goods


def pick(page: Page, text: str) -> None:
    """In the only searched select of the dialog that is open."""
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("svod-select.sv-ready")).to_be_attached()
    dialog.locator(".ts-control").click()
    page.keyboard.type(text)
    dialog.locator(".ts-dropdown:visible .option", has_text=text).click()


def test_a_used_value_is_replaced_and_a_deleted_field_comes_back(
    page: Page,
    portal: str,
    sign_in: SignIn,
    axe: Callable[..., None],
    employee: Employee,
) -> None:
    Employee.objects.filter(pk=employee.pk).update(is_staff=True)
    employee.refresh_from_db()
    brands, goods = brands_and_goods(employee)
    sign_in(page, employee)

    page.goto(f"{portal}/lists/{brands.pk}/")
    page.locator("#grid tbody tr td", has_text="Ель").click(button="right")
    page.get_by_role("menuitem", name="Удалить").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Удалить").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="«Ель» используется")).to_be_visible()
    expect(dialog.get_by_text("Товары")).to_be_visible()
    pick(page, "Сосна")
    axe(page, "dialog[open]")
    dialog.get_by_role("button", name="Заменить").click()
    expect(page.locator("#grid tbody tr", has_text="Ель")).to_have_count(0)
    page.goto(f"{portal}/lists/{goods.pk}/")
    row = page.locator("#grid tbody tr")
    expect(row).to_contain_text("Сосна")

    page.goto(f"{portal}/lists/{goods.pk}/fields/")
    page.get_by_role("button", name="Удалить Марка").click()
    page.get_by_role("alertdialog").get_by_role("button").last.click()
    expect(page.locator(".sv-field-row", has_text="Марка").locator(".sv-handle")).to_have_count(0)
    page.goto(f"{portal}/lists/{goods.pk}/")
    expect(row).to_contain_text("Стул")
    expect(row).not_to_contain_text("Сосна")
    page.goto(f"{portal}/lists/{goods.pk}/fields/")
    page.get_by_text("Удалённые поля").click()
    page.get_by_role("button", name="Восстановить").click()
    expect(page.locator(".sv-field-row", has_text="Марка").locator(".sv-handle")).to_have_count(1)
    page.goto(f"{portal}/lists/{goods.pk}/")
    expect(row).to_contain_text("Сосна")
    page.goto(f"{portal}/lists/{brands.pk}/uses/")
    expect(page.get_by_role("row", name="Товары")).to_contain_text("Марка")
    axe(page, "#content")
