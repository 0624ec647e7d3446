"""A report is made, its chart leads into the list, it stands on the dashboard."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from lists_core.models import DashboardWidget, FieldOption, Report
from lists_core.schema.cache import forget_schemas
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee

STAGES = {"Новая": "blue", "В работе": "amber", "Успех": "green"}


def deals(maker: Employee) -> int:
    list_ = create_list(actor=maker, name="Сделки", everyone="view")
    stage = create_field(list_.pk, "list", actor=maker, name="Стадия", code="STAGE")
    for place, (name, color) in enumerate(STAGES.items()):
        FieldOption.objects.create(field=stage, name=name, color=color, sort=place)
    create_field(list_.pk, "number", actor=maker, name="Сумма", code="AMOUNT")
    forget_schemas()
    options = list(stage.options.values_list("pk", flat=True))
    for number in range(6):
        values = {"NAME": f"Сделка {number}", "STAGE": options[number % 3], "AMOUNT": number * 10}
        create_element(list_.pk, values, actor=maker)
    return list_.pk


def ask(page: Page, portal: str) -> None:
    page.goto(f"{portal}/reports/")
    page.get_by_role("link", name="Новый отчёт").click()
    page.get_by_role("button", name="Далее").click()
    page.get_by_label("Название").fill("Суммы по стадиям")
    page.get_by_label("Группировать").select_option(label="Стадия")
    preview = page.locator("#report-preview")
    expect(preview.get_by_role("rowheader", name="В работе")).to_be_visible()
    page.get_by_role("button", name="Добавить значение").click()
    page.get_by_label("Значение").last.select_option("sum:AMOUNT")
    expect(preview.get_by_role("row", name=re.compile("Успех"))).to_contain_text("70")
    expect(preview.get_by_role("row", name=re.compile("В работе"))).to_contain_text("50")


def narrow(page: Page) -> None:
    page.get_by_role("button", name="Условие", exact=True).click()
    condition = page.locator("[data-cond]")
    condition.get_by_label("Поле").select_option("AMOUNT")
    condition.get_by_label("Условие", exact=True).select_option("gt")
    condition.locator("[data-value] input").fill("10")
    condition.locator("[data-value] input").blur()
    expect(
        page.locator("#report-preview").get_by_role("row", name=re.compile("В работе"))
    ).to_contain_text("40")


def hang_up(page: Page, axe: Callable[..., None]) -> None:
    page.get_by_role("button", name="На рабочий стол").click()
    widget = page.get_by_role("article")
    expect(widget.get_by_role("img", name=re.compile("Стадия"))).to_be_visible()
    axe(page, "#content")
    widget.get_by_role("button", name="Вид, ширина, удаление").click()
    widget.get_by_role("button", name="Ширина: 2").click()
    expect(page.locator(".rep-width-2")).to_be_visible()
    widget.get_by_role("button", name="Вид, ширина, удаление").click()
    widget.get_by_role("button", name="Таблица").click()
    expect(widget.get_by_role("rowheader", name="В работе")).to_be_visible()
    row = DashboardWidget.objects.get()
    assert (row.look, row.width) == ("table", 2)


def test_from_a_question_to_the_dashboard(
    page: Page,
    portal: str,
    sign_in: Callable[[Page, Employee], None],
    axe: Callable[..., None],
    employee: Employee,
) -> None:
    Employee.objects.filter(pk=employee.pk).update(is_staff=True)
    employee.refresh_from_db()
    deals(employee)
    sign_in(page, employee)

    ask(page, portal)
    narrow(page)
    axe(page, "#content")
    page.get_by_role("button", name="Сохранить").click()

    expect(page.get_by_role("heading", name="Суммы по стадиям")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Стадия"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Итого"))).to_contain_text("140")
    axe(page, "#content")
    page.get_by_role("rowheader", name="Успех").get_by_role("link").click()
    expect(page.get_by_text("Сделка 5")).to_be_visible()
    expect(page.get_by_text("Сделка 4")).to_have_count(0)

    page.goto(portal + Report.objects.get().get_absolute_url())
    hang_up(page, axe)
