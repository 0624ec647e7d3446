"""The grid in a browser: filter, sort, keyboard, columns, many elements at once, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services import fields, lists
from lists_core.services.elements import create_element, update_element
from lists_core.services.sections import create_section
from staff.models import Employee
from tests.e2e.conftest import SignIn
from tests.workflows.processes import put, template_of
from workflows.models import Instance

FIRMS = ("Альфа", "Бета", "Гамма")
COUNT = 24


@pytest.fixture
def designer(employee: Employee) -> Employee:
    employee.is_staff = True
    employee.save()
    return employee


@pytest.fixture
def deals(portal: str, designer: Employee) -> List:
    list_ = lists.create_list(actor=designer, everyone="edit", name="Договоры", has_sections=True)
    for type_, name, code in (
        ("string", "Фирма", "FIRM"),
        ("number", "Сумма", "SUM"),
        ("employee", "Ответственный", "WHO"),
        ("date", "Подписан", "SIGNED"),
    ):
        fields.create_field(list_.pk, type_, actor=designer, name=name, code=code)
    for number in range(COUNT):
        values = {"NAME": f"Договор {number:02}", "FIRM": FIRMS[number % 3], "SUM": Decimal(number)}
        create_element(list_.pk, {**values, "WHO": designer.pk}, actor=designer)
    list_.refresh_from_db()
    return list_


@pytest.fixture
def grid(page: Page, portal: str, deals: List, designer: Employee, sign_in: SignIn) -> Page:
    sign_in(page, designer)
    page.goto(f"{portal}/lists/{deals.pk}/")
    expect(rows(page)).to_have_count(COUNT)
    return page


def rows(page: Page) -> Locator:
    return page.locator("#grid tbody tr[data-id]")


def cell(page: Page, row: int, code: str) -> Locator:
    place = page.locator("#grid thead th").evaluate_all(
        "(heads, code) => heads.findIndex((head) => head.dataset.code === code)", code
    )
    return rows(page).nth(row).locator("td").nth(place)


def codes(page: Page) -> list[str]:
    heads = page.locator("#grid thead th[data-code]")
    return [str(code) for code in heads.evaluate_all("(all) => all.map((one) => one.dataset.code)")]


def sums(list_: List, actor: Employee) -> list[int]:
    schema = schema_of(list_)
    return [int(schema["SUM"].read(row)) for row in elements(schema, actor).order_by("pk")]


def test_sort_by_one_and_by_several_columns(grid: Page) -> None:
    head = grid.locator("th[data-code=FIRM]")
    head.locator("a").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(cell(grid, 0, "FIRM")).to_have_text("Альфа")
    grid.locator("th[data-code=SUM] a").click(modifiers=["Shift"])
    expect(grid).to_have_url(re.compile("sort=FIRM%2CSUM"))
    expect(cell(grid, 0, "SUM")).to_have_text("0")
    head.locator("a").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(cell(grid, 0, "FIRM")).to_have_text("Гамма")
    head.locator("a").click()
    expect(head).to_have_attribute("aria-sort", "none")


def test_filter_with_an_error_then_without(grid: Page, axe: Callable[..., None]) -> None:
    grid.get_by_role("button", name="Фильтр", exact=True).click()
    expect(grid.locator("[data-field]")).to_have_value("NAME")
    grid.locator("[data-field]").select_option("SUM")
    grid.locator("[data-op]").select_option("between")
    ends = grid.locator("[data-value] input")
    expect(ends).to_have_count(2)
    ends.nth(0).fill("5")
    ends.nth(1).fill("семь")
    grid.get_by_role("button", name="Применить").click()
    expect(grid.locator("svod-filter .sv-error")).to_contain_text("Введите число")
    expect(ends.nth(1)).to_have_value("семь")
    axe(grid)
    ends.nth(1).fill("7")
    grid.locator("[data-add-group]").first.click()
    inner = grid.locator(".sv-filter-group .sv-filter-group")
    inner.locator("[data-field]").select_option("WHO")
    inner.locator("[data-op]").select_option("any_of")
    inner.locator(".ts-control").click()
    inner.locator(".ts-control input").press_sequentially("Иванова")
    inner.locator(".option", has_text="Иванова").click()
    grid.get_by_role("button", name="Применить").click()
    expect(rows(grid)).to_have_count(3)
    expect(grid.locator(".sv-chip")).to_have_count(2)
    expect(grid.locator(".sv-chip").last).to_contain_text("Иванова")
    grid.reload()
    expect(rows(grid)).to_have_count(3)
    grid.locator(".sv-chip-drop").first.click()
    expect(rows(grid)).to_have_count(COUNT)


def test_search_and_the_way_back(grid: Page) -> None:
    box = grid.get_by_role("searchbox", name="Поиск по списку")
    box.press_sequentially("договор 03", delay=20)
    expect(rows(grid)).to_have_count(1)
    box.fill("такого нет")
    expect(grid.get_by_text("Ничего не найдено")).to_be_visible()
    grid.get_by_role("link", name="Сбросить фильтр").click()
    expect(rows(grid)).to_have_count(COUNT)
    grid.go_back()
    expect(grid.get_by_text("Ничего не найдено")).to_be_visible()


def test_keyboard_edits_a_row(grid: Page, deals: List, designer: Employee) -> None:
    cell(grid, 0, "FIRM").click()
    grid.keyboard.press("Enter")
    grid.locator("#cell-value").fill("Дельта")
    grid.keyboard.press("Tab")
    expect(cell(grid, 0, "FIRM")).to_have_text("Дельта")
    expect(cell(grid, 0, "SUM")).to_be_focused()
    grid.keyboard.press("F2")
    grid.locator("#cell-value").fill("много")
    grid.keyboard.press("Enter")
    expect(grid.locator("#cell-edit .sv-error")).to_contain_text("Введите число")
    expect(grid.locator("#cell-value")).to_have_value("много")
    grid.locator("#cell-value").fill("1000")
    grid.keyboard.press("Enter")
    expect(cell(grid, 0, "SUM")).to_have_text("1 000".replace(" ", "\u00a0"))
    grid.keyboard.press("ArrowDown")
    expect(cell(grid, 1, "SUM")).to_be_focused()
    grid.keyboard.press("Enter")
    grid.locator("#cell-value").fill("7777")
    grid.keyboard.press("Escape")
    expect(cell(grid, 1, "SUM")).to_be_focused()
    assert 1000 in sums(deals, designer)
    assert 7777 not in sums(deals, designer)


def test_the_second_writer_chooses(grid: Page, deals: List, designer: Employee) -> None:
    element = int(rows(grid).first.get_attribute("data-id") or 0)
    other = Employee.objects.create_user("petr", "p@svod.example", "x", last_name="Петров")
    cell(grid, 0, "SUM").dblclick()
    expect(grid.locator("#cell-value")).to_be_focused()
    update_element(deals.pk, element, {"SUM": Decimal(500)}, version=1, actor=other)
    grid.locator("#cell-value").fill("600")
    grid.keyboard.press("Enter")
    expect(grid.locator(".sv-cell-clash")).to_contain_text("Петров")
    expect(grid.locator(".sv-cell-clash")).to_contain_text("500")
    assert 600 not in sums(deals, designer)
    grid.get_by_role("button", name="Оставить как есть").click()
    expect(cell(grid, 0, "SUM")).to_have_text("500")


def test_columns_are_dragged_resized_and_chosen(grid: Page) -> None:
    drag(grid, grid.locator("th[data-code=SUM]"), grid.locator("th[data-code=FIRM]"))
    expect(grid.locator("#grid thead th").nth(2)).to_have_attribute("data-code", "SUM")
    edge = grid.locator("th[data-code=SUM] [data-edge]").bounding_box()
    assert edge
    width = int(grid.locator("th[data-code=SUM]").get_attribute("data-width") or 0)
    with grid.expect_response("**/columns/widths/"):
        pull(grid, edge["x"] + 5, edge["y"] + 10, by=120)
    grid.reload()
    expect(grid.locator("th[data-code=SUM]")).to_have_attribute("data-width", str(width + 120))
    assert codes(grid) == ["NAME", "SUM", "FIRM", "WHO", "SIGNED"]
    grid.get_by_role("button", name="Колонки").click()
    grid.get_by_role("searchbox", name="Найти колонку").fill("подпис")
    grid.get_by_label("Подписан", exact=True).uncheck()
    grid.get_by_role("button", name="Применить").click()
    expect(grid.locator("th[data-code=SIGNED]")).to_have_count(0)


def drag(page: Page, source: Locator, target: Locator) -> None:
    there, here = target.bounding_box(), source.bounding_box()
    assert there
    assert here
    way = there["x"] + 15 - here["x"] - 40
    pull(page, here["x"] + 40, here["y"] + 12, by=way)


def pull(page: Page, x: float, y: float, *, by: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by, y, steps=6)
    page.mouse.up()


def test_many_are_changed_deleted_and_brought_back(
    grid: Page, deals: List, designer: Employee, axe: Callable[..., None]
) -> None:
    boxes = grid.locator("#grid tbody input[type=checkbox]")
    boxes.nth(0).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(grid.locator("[data-bulk-count]")).to_have_text("Выбрано: 4")
    grid.locator("[data-bulk-act=edit]").click()
    grid.locator("[data-add-field]").select_option("SUM")
    grid.locator("#bulk-SUM").fill("4444")
    axe(grid, "#dialog")
    grid.get_by_role("button", name="Изменить", exact=True).last.click()
    expect(grid.locator(".sv-toast")).to_contain_text("Изменено: 4")
    expect(cell(grid, 3, "SUM")).to_contain_text("444")
    assert sums(deals, designer).count(4444) == 4
    grid.get_by_role("button", name="Отменить").click()
    expect(grid.locator(".sv-toast")).to_contain_text("Возвращено: 4")
    expect(cell(grid, 3, "SUM")).not_to_contain_text("444")
    assert sums(deals, designer) == list(range(COUNT))
    grid.locator("[data-grid-all]").click()
    grid.locator("[data-bulk-act=delete]").click()
    grid.locator("dialog .btn-danger").click()
    expect(grid.get_by_text("Список пуст")).to_be_visible()
    grid.get_by_role("button", name="Отменить").click()
    expect(rows(grid)).to_have_count(COUNT)


def test_more_rows_are_shown_below_the_others(grid: Page, deals: List, designer: Employee) -> None:
    """They come by the place of the last, are chosen and walked through like the others, and stay
    when the table is drawn anew."""
    grid.locator("[data-grid-size]").select_option("10")
    expect(rows(grid)).to_have_count(10)
    grid.locator("[data-grid-all]").click()
    grid.locator("[data-bulk-all]").click()
    create_element(deals.pk, {"NAME": "Новый"}, actor=designer)
    grid.get_by_role("button", name="Показать ещё").press("Enter")
    expect(rows(grid)).to_have_count(20)
    expect(cell(grid, 10, "NAME")).to_be_focused()
    expect(cell(grid, 10, "NAME")).to_have_text("Договор 13")
    expect(grid.locator(".sv-grid-count")).to_contain_text("1–20")
    expect(grid.locator("[data-bulk-count]")).to_have_text(f"Выбрано: {COUNT}")
    grid.keyboard.press("ArrowUp")
    expect(cell(grid, 9, "NAME")).to_be_focused()
    grid.evaluate("document.dispatchEvent(new CustomEvent('elements-changed'))")
    expect(cell(grid, 0, "NAME")).to_have_text("Новый")
    expect(rows(grid)).to_have_count(20)
    grid.get_by_role("button", name="Показать ещё").click()
    expect(rows(grid)).to_have_count(COUNT + 1)
    expect(grid.get_by_role("button", name="Показать ещё")).to_have_count(0)


def test_the_menu_of_a_row(grid: Page) -> None:
    cell(grid, 0, "FIRM").click(button="right")
    grid.get_by_role("menuitem", name="Отобрать с этим значением").click()
    expect(rows(grid)).to_have_count(8)
    rows(grid).first.locator(".sv-grid-more").click()
    expect(grid.get_by_role("menuitem", name="Открыть")).to_be_focused()
    grid.keyboard.press("Escape")
    rows(grid).first.locator(".sv-grid-more").click()
    grid.get_by_role("menuitem", name="Скопировать", exact=True).click()
    expect(rows(grid)).to_have_count(9)


def test_a_row_is_moved_by_its_menu(grid: Page, deals: List, designer: Employee) -> None:
    section = create_section(deals.pk, actor=designer, name="Аренда")
    number = rows(grid).nth(1).get_attribute("data-id")
    rows(grid).nth(1).locator(".sv-grid-more").click()
    grid.get_by_role("menuitem", name="Переместить в раздел").click()
    grid.locator("#bulk-section").select_option("Аренда")
    grid.locator("dialog").get_by_role("button", name="Переместить").click()
    expect(grid.locator("dialog[open]")).to_have_count(0)
    moved = elements(schema_of(deals), designer).filter(section=section.pk)
    assert [str(pk) for pk in moved.values_list("pk", flat=True)] == [number]


def test_a_process_is_chosen_and_started_on_all_that_are_selected(grid: Page, deals: List) -> None:
    """The ids go along when the choice of a process draws the form anew."""
    for code in ("one", "two"):
        template_of([put("a", "1", "first")], code=code, list_=deals)
    grid.reload()
    for row in (0, 2):
        rows(grid).nth(row).get_by_role("checkbox").click()
    grid.locator("[data-bulk-act=start]").click()
    with grid.expect_response(lambda answer: "/bulk/start/" in answer.url):
        grid.locator("#bulk-template").select_option("two")
    expect(grid.locator("#bulk-template option:checked")).to_have_text("two")
    grid.locator("dialog").get_by_role("button", name="Запустить").click()
    expect(grid.locator("dialog[open]")).to_have_count(0)
    chosen = Instance.objects.values_list("version__template__code", flat=True)
    assert list(chosen) == ["two", "two"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_barrier(grid: Page, axe: Callable[..., None], theme: str) -> None:
    if theme == "dark":
        grid.locator("svod-theme button").first.click()
    grid.locator("#grid tbody input[type=checkbox]").first.click()
    axe(grid)


def test_a_phone(grid: Page, axe: Callable[..., None]) -> None:
    grid.set_viewport_size({"width": 390, "height": 844})
    grid.reload()
    expect(cell(grid, 0, "FIRM")).to_have_attribute("data-name", "Фирма")
    wide = grid.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    rows(grid).first.get_by_role("checkbox").click()
    expect(grid.locator("[data-bulk]")).to_be_visible()
    axe(grid)
    rows(grid).first.locator("td a").first.click()
    expect(grid.locator("#drawer dialog")).to_be_visible()


def test_all_found_become_a_job_with_its_own_page(
    grid: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lists_core.grid.target.INLINE_LIMIT", 3)
    grid.locator("[data-grid-size]").select_option("10")
    expect(rows(grid)).to_have_count(10)
    grid.locator("[data-grid-all]").click()
    grid.locator("[data-bulk-all]").click()
    expect(grid.locator("[data-bulk-count]")).to_have_text(f"Выбрано: {COUNT}")
    grid.locator("[data-bulk-act=edit]").click()
    grid.locator("[data-add-field]").select_option("SUM")
    grid.locator("#bulk-SUM").fill("1")
    grid.locator("svod-bulk .btn-primary").click()
    expect(grid).to_have_url(re.compile("/jobs/"))
    expect(grid.get_by_role("heading", name="Изменение элементов")).to_be_visible()
    expect(grid.locator("#job")).to_be_visible()
