"""Access tabs in a browser: whom a right is given to, what it gives, why, and how it ends at once.

Anna keeps the rights of a list of contracts; Vera, of a shop below the sales, looks on in a
browser of her own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from lists_core.access import ROLES, Right
from lists_core.models import Element, Field, List, Section
from lists_core.selectors.rights import grants_on
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from lists_core.services.sections import create_section
from staff.models import Employee
from staff.services.departments import create_department
from staff.services.employee_groups import change_members, create_group
from staff.services.groups import sync_groups
from staff.subjects import AUTHOR, EVERYONE, Subject
from tests.e2e.conftest import SignIn, settled

pytestmark = pytest.mark.django_db(transaction=True)
VIEW, EDIT, FULL = (ROLES[slug][1] for slug in ("view", "edit", "full"))
READY = [
    "Нет доступа",
    "Только просмотр",
    "Добавление",
    "Ограниченное редактирование с процессами",
    "Редактирование",
    "Полный доступ",
]


class Office:
    """The list with a section in a section and an element there, and who works with it."""

    def __init__(self) -> None:
        sales = create_department(actor=None, name="Продажи", parent=None)
        shop = create_department(actor=None, name="Розница", parent=sales)
        self.anna = person("anna", "Иванова", "Анна", is_staff=True)
        self.vera = person("vera", "Егорова", "Вера", department=shop)
        sync_groups()
        group = create_group(actor=None, name="Комиссия")
        change_members(group, actor=None, add=[self.vera])
        self.sales, self.group = Subject("DR", sales.pk), Subject("G", group.pk)
        self.list = create_list(actor=self.anna, name="Договоры", has_sections=True)
        create_field(self.list.pk, "number", actor=self.anna, name="Сумма", code="SUM")
        above = create_section(self.list.pk, actor=self.anna, name="Аренда")
        self.section = create_section(
            self.list.pk, actor=self.anna, name="Склады", parent_id=above.pk
        )
        self.row = create_element(
            self.list.pk, {"NAME": "Склад № 4", "SUM": 700}, actor=self.anna,
            section_id=self.section.pk,
        )  # fmt: skip
        self.field = Field.objects.get(list=self.list, code="SUM")

    def give(self, *subjects: Subject, rights: frozenset[Right] = VIEW) -> None:
        own = {Subject("U", self.anna.pk): FULL}
        set_list_rights(self.list.pk, own | dict.fromkeys(subjects, rights), actor=self.anna)

    def tab(self, kind: str, asked: Employee | None = None) -> str:
        ids = {"section": self.section.pk, "element": self.row.pk, "field": self.field.pk}
        more = [ids[kind]] if kind in ids else []
        return reverse(f"{kind}_access", args=[self.list.pk, *more]) + (
            f"?person={asked.pk}" if asked else ""
        )


def person(login: str, last_name: str, first_name: str, **more: Any) -> Employee:
    made: Employee = Employee.objects.create_user(
        login, f"{login}@svod.example", "x", last_name=last_name, first_name=first_name, **more
    )
    return made


@pytest.fixture
def office(page: Page, sign_in: SignIn) -> Office:
    """Anna is signed in."""
    made = Office()
    sign_in(page, made.anna)
    return made


@pytest.fixture
def vera(browser: Browser, portal: str, sign_in: SignIn, office: Office) -> Iterator[Page]:
    """Vera's own browser."""
    context = browser.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    sign_in(page, office.vera)
    yield page
    context.close()


# --- what a hand does on the tab ------------------------------------------------------------


def give(page: Page, typed: str, name: str, role: str) -> Locator:
    """Choose a subject in the picker and give it a ready role; the line that appears."""
    page.locator(".sv-acc-pick [role=combobox]").fill(typed)
    page.locator(".sv-acc-pick .option:visible", has_text=name).first.click()
    page.keyboard.press("Escape")
    page.get_by_label("Какие права").select_option(label=role)
    page.get_by_role("button", name="Выдать доступ").click()
    line = row(page, name)
    expect(line).to_be_visible()
    expect(page.get_by_text("Ещё не сохранено.")).to_be_visible()
    return line


def row(page: Page, name: str) -> Locator:
    named = page.locator(".sv-subject-name").get_by_text(name, exact=True)
    return page.locator(".sv-acc-form .sv-acc-row").filter(has=named)


def save(page: Page) -> None:
    button = page.locator(".sv-acc-form").get_by_role("button", name="Сохранить", exact=True)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()
    expect(page.get_by_text("Доступ сохранён.").last).to_be_visible()


def steps(page: Page) -> list[str]:
    """The explanation, a step a line: mood, title and what is told below it."""
    items = page.locator(".sv-acc-steps > li")
    expect(items.first).to_be_visible()
    found = items.evaluate_all("all => all.map(one => [one.className, one.innerText])")
    return [f"{mood}: " + " | ".join(text.splitlines()) for mood, text in found]


def looks_right(page: Page, axe: Callable[..., None]) -> None:
    """At a desk and on a phone, by day and by night: nothing cut off, nothing against WCAG."""
    for size, scheme in (({"width": 1440, "height": 900}, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        axe(page)


PHONE = {"width": 390, "height": 844}


# --- the stories ----------------------------------------------------------------------------


def test_the_list_is_given_to_everybody_there_is(
    page: Page, portal: str, office: Office, axe: Callable[..., None]
) -> None:
    page.goto(portal + office.tab("list"))
    line = give(page, "егорова", "Егорова Вера", "Добавление")
    assert line.locator("option").all_inner_texts() == [*READY, "Выборочно"]
    give(page, "продажи", "Продажи с подчинёнными", "Редактирование")
    give(page, "комис", "Комиссия", "Ограниченное редактирование с процессами")
    give(page, "все сотр", "Все сотрудники", "Только просмотр")
    author = give(page, "автор", "Автор", "Только просмотр")

    # A ready role tells what it holds; "custom" opens the single rights.
    told = row(page, "Продажи с подчинёнными").locator(".sv-acc-rights")
    expect(told).to_contain_text("Удаление")
    expect(told.get_by_role("checkbox")).to_have_count(0)
    author.locator("select").select_option(label="Выборочно")
    author.get_by_label("Управление доступом").check()
    looks_right(page, axe)
    save(page)

    edit, limited = ROLES["edit"][1], ROLES["limited"][1]
    assert grants_on(List, office.list.pk) == {
        Subject("U", office.anna.pk): FULL,
        Subject("U", office.vera.pk): ROLES["add"][1],
        office.sales: edit,
        office.group: limited,
        EVERYONE: VIEW,
        AUTHOR: frozenset({Right.VIEW, Right.ACCESS}),
    }
    row(page, "Комиссия").get_by_role("button", name="Убрать").click()
    expect(row(page, "Комиссия")).to_have_count(0)
    save(page)
    assert office.group not in grants_on(List, office.list.pk)


def test_a_section_closes_what_comes_from_above_and_tells_why(
    page: Page, portal: str, office: Office, vera: Page, axe: Callable[..., None]
) -> None:
    office.give(office.sales)
    grid = portal + reverse("list", args=[office.list.pk])
    vera.goto(grid)
    expect(vera.locator("#grid").get_by_text("Склад № 4")).to_be_visible()

    page.goto(portal + office.tab("section", office.vera))
    above = page.locator(".is-inherited .sv-acc-row", has_text="Продажи с подчинёнными")
    expect(above).to_contain_text("Только просмотр")
    expect(above.get_by_role("link", name="список «Договоры»")).to_be_visible()
    assert steps(page) == [
        "is-note: Кем считается | Егорова Вера | Розница | Продажи с подчинёнными"
        " | Розница с подчинёнными | Комиссия | Все сотрудники",
        "is-given: Список «Договоры» | Продажи с подчинёнными: Только просмотр",
        "is-none: Раздел «Аренда» | Здесь ничего не выдано.",
        "is-none: Раздел «Склады» | Здесь ничего не выдано.",
    ]
    page.get_by_role("switch", name="Ограничен").check()
    save(page)
    expect(page.locator(".is-inherited")).to_have_count(0)
    page.goto(portal + office.tab("section", office.vera))
    expect(page.locator(".sv-acc-sum")).to_contain_text("Прав здесь нет")
    assert [line.split(" | ")[0] for line in steps(page)[1:]] == [
        "is-none: Список «Договоры»",
        "is-none: Раздел «Аренда»",
        "is-cut: Раздел «Склады»: доступ ограничен",
        "is-none: Раздел «Склады»",
    ]
    looks_right(page, axe)
    own = Subject("U", office.anna.pk)
    assert grants_on(Section, office.section.pk).keys() == {own}
    vera.goto(grid)
    expect(vera.locator("#grid").get_by_text("Склад № 4")).to_have_count(0)


def test_an_open_page_loses_the_element_at_once(
    page: Page, portal: str, office: Office, vera: Page, axe: Callable[..., None]
) -> None:
    page.goto(portal + office.tab("element"))
    give(page, "комис", "Комиссия", "Редактирование")
    save(page)
    assert grants_on(Element, office.row.pk) == {office.group: EDIT - {Right.ADD}}
    looks_right(page, axe)

    # Vera sees this one element of the list, and has its form open.
    vera.goto(portal + reverse("list", args=[office.list.pk]))
    expect(vera.locator("#grid tbody tr")).to_have_count(1)
    vera.locator("#grid").get_by_text("Склад № 4").click()
    drawer = vera.locator("svod-drawer dialog")
    drawer.get_by_role("link", name="Изменить").click()
    drawer.get_by_label("Название").fill("Склад № 5")

    page.set_viewport_size({"width": 1440, "height": 900})
    row(page, "Комиссия").get_by_role("button", name="Убрать").click()
    save(page)
    drawer.get_by_role("button", name="Сохранить", exact=True).click()
    expect(vera.locator("svod-toast")).to_contain_text("нет", ignore_case=True)
    expect(drawer.get_by_label("Название")).to_have_value("Склад № 5")
    for gone in ("element", "list"):
        ids = [office.list.pk, office.row.pk] if gone == "element" else [office.list.pk]
        answer = vera.goto(portal + reverse(gone, args=ids))
        assert answer is not None
        assert answer.status == 404
    page.goto(portal + office.tab("element", office.vera))
    expect(page.locator(".sv-acc-sum")).to_contain_text("Прав здесь нет")


def test_a_field_is_for_those_named(
    page: Page, portal: str, office: Office, vera: Page, axe: Callable[..., None]
) -> None:
    office.give(office.sales, rights=EDIT)
    edit = portal + reverse("element_edit", args=[office.list.pk, office.row.pk])
    vera.goto(edit)
    expect(vera.get_by_label("Сумма")).to_have_value("700")

    page.goto(portal + office.tab("field", office.vera))
    page.get_by_role("switch", name="Просмотр ограничен").check()
    save(page)
    vera.goto(edit)
    expect(vera.get_by_label("Название")).to_be_visible()
    expect(vera.get_by_label("Сумма")).to_have_count(0)

    give(page, "комис", "Комиссия", "Видит")
    page.get_by_role("switch", name="Изменение ограничено").check()
    looks_right(page, axe)
    save(page)
    assert grants_on(Field, office.field.pk) == {office.group: VIEW}
    vera.goto(edit)
    expect(vera.get_by_text("700")).to_be_visible()
    expect(vera.get_by_role("textbox", name="Сумма")).to_have_count(0)
    page.goto(portal + office.tab("field", office.vera))
    assert steps(page)[1:] == [
        "is-cut: Просмотр ограничен: поле видят только названные здесь",
        "is-cut: Изменение ограничено: поле меняют только названные здесь",
        "is-given: Поле «Сумма» | Комиссия: Видит",
        "is-note: Нужно ещё и право на сам элемент",
    ]
