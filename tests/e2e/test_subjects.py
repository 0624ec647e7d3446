"""The picker of people, departments and groups in a browser: by mouse, by keyboard, aloud."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from staff.models import Employee
from staff.services.departments import create_department
from staff.services.employee_groups import change_members, create_group
from tests.contract.xss import CORPUS


@pytest.fixture
def company(employee: Employee) -> Employee:
    """Anna Иванова with a department above another, a group and a colleague of a bad name."""
    sales = create_department(actor=None, name="Продажи", parent=None)
    create_department(actor=None, name="Розница", parent=sales)
    bad = CORPUS[2]
    Employee.objects.create(username="bad", last_name=bad, position=bad)
    Employee.objects.create(username="olga", last_name="Ким", first_name="Ольга")
    group = create_group(actor=None, name="Клуб продавцов")
    change_members(group, actor=None, add=[employee])
    return employee


@pytest.fixture
def picker(page: Page, portal: str, sign_in: Any, company: Employee) -> Page:
    sign_in(page, company)
    page.goto(f"{portal}/_styleguide/")
    expect(page.locator("#subjects svod-subjects.sv-ready")).to_be_attached()
    return page


def chosen(page: Page) -> list[str]:
    return page.locator("#subjects select").evaluate(
        "select => [...select.selectedOptions].map(option => option.value)"
    )


def test_the_picker_by_keyboard(picker: Page) -> None:
    before = chosen(picker)
    box = picker.get_by_role("combobox", name="Кто видит")
    box.focus()
    picker.keyboard.type("розн")
    option = picker.locator("#subjects .option", has_text="Розница с подчинёнными")
    expect(option).to_be_visible()
    picker.keyboard.press("ArrowDown")
    picker.keyboard.press("ArrowDown")
    picker.keyboard.press("Enter")
    assert len(chosen(picker)) == len(before) + 1
    picker.keyboard.press("Escape")
    picker.keyboard.press("Backspace")
    assert chosen(picker) == before


def test_suggestions_come_under_headings(picker: Page, axe: Any) -> None:
    picker.get_by_role("combobox", name="Кто видит").click()
    groups = picker.locator("#subjects .ts-dropdown [role=group]")
    expect(groups.last).to_have_attribute("aria-label", "Группы")
    expect(picker.locator("#subjects .option", has_text="Клуб продавцов")).to_be_visible()
    axe(picker, "#subjects")
    picker.locator("#subjects .option", has_text="Клуб продавцов").click()
    expect(picker.locator("#subjects .item", has_text="Клуб продавцов")).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picker_fits_a_phone(picker: Page, axe: Any, scheme: Any) -> None:
    picker.emulate_media(color_scheme=scheme)
    picker.set_viewport_size({"width": 390, "height": 844})
    picker.locator("#subjects .ts-control").click()
    expect(picker.locator("#subjects .option").first).to_be_visible()
    assert picker.evaluate("document.documentElement.scrollWidth") <= 390
    axe(picker, "#subjects")


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_of_groups(
    page: Page, portal: str, sign_in: Any, axe: Any, company: Employee, width: int
) -> None:
    Employee.objects.filter(pk=company.pk).update(is_superuser=True, is_staff=True)
    sign_in(page, company)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{portal}/groups/")
    axe(page)
    page.get_by_role("link", name="Клуб продавцов", exact=True).click()
    page.locator(".sv-group-join .ts-control").click()
    page.keyboard.type("ким")
    page.locator(".ts-dropdown .option", has_text="Ким").click()
    page.get_by_role("button", name="Добавить в группу").click()
    expect(page.get_by_role("link", name="Ким Ольга")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Удалить", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Удалить").click()
    expect(page.get_by_text("Групп пока нет")).to_be_visible()
