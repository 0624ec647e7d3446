"""Documents in a real browser: a template from upload to a filled file; numerators."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from moneyed import Money
from playwright.sync_api import Page, expect

from lists_core.services.elements import create_element
from staff.models import Employee
from tests.e2e.conftest import SignIn
from tests.lists_core.element_world import World, make_world
from tests.workflows.docx_files import cells, docx, texts, upload
from tests.workflows.test_documents import TABLE, rows_of
from workflows.services.document_templates import create_document_template
from workflows.services.numerators import create_numerator_list, take_number

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SVOD_SHOTS")
Axe = Callable[..., None]


@pytest.fixture
def world(page: Page, sign_in: SignIn) -> World:
    """Anna is signed in and has a list with an element and rows that link to it."""
    made = make_world()
    Employee.objects.filter(pk=made.anna.pk).update(patronymic="Петровна", is_superuser=True)
    made.anna.refresh_from_db()
    made.field("money", "SUM")
    made.field("date", "DAY")
    made.field("employee", "BOSS")
    sign_in(page, made.anna)
    return made


def shot(page: Page, name: str) -> None:
    """Pictures of a page in all its looks, when somebody wants to see them."""
    if not SHOTS:
        return
    for width, theme in ((1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")


def file(content: bytes, name: str = "шаблон.docx") -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=button).click()
    return Path(started.value.path()).read_bytes()


def test_a_template_from_upload_to_a_filled_document(
    page: Page, portal: str, world: World, axe: Axe
) -> None:
    element = world.add("Договор поставки", SUM=Money("1021.50", "RUB"), DAY=date(2026, 11, 24),
                        BOSS=world.anna.pk)  # fmt: skip
    page.goto(portal + "/documents/")
    expect(page.get_by_text("Шаблонов ещё нет")).to_be_visible()
    axe(page)
    shot(page, "empty")
    page.get_by_role("link", name="Загрузить шаблон").first.click()
    page.get_by_label("Название").fill("Договор")
    page.get_by_label("Список").select_option(label=world.list.name)
    a_bad_one_is_refused(page, axe)
    good = docx(
        "{{ NAME }} от {{ DAY|дата_словами }}", "Сумма: {{ SUM|прописью }}",
        "В лице {{ BOSS|родительный }}",
    )  # fmt: skip
    page.locator("input[type=file]").set_input_files(file(good))
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_role("heading", name="Договор", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="{{ SUM }}")).to_be_visible()
    axe(page)
    shot(page, "template")
    page.locator(".ts-control").click()
    page.keyboard.type("Договор")
    page.get_by_role("option", name="Договор поставки").click()
    assert texts(downloaded(page, "Заполнить и скачать")) == [
        "Договор поставки от 24 ноября 2026 г.",
        "Сумма: Одна тысяча двадцать один рубль 50 копеек",
        "В лице Ивановой Анны Петровны",
    ]
    page.goto(f"{portal}/lists/{world.list.pk}/elements/{element.pk}/documents/")
    the_tab_makes_one(page, axe)


def a_bad_one_is_refused(page: Page, axe: Axe) -> None:
    """With the place of the mistake; what was typed stays."""
    bad = docx("{{ NAME }}", "На сумму {{ СУММА", table=[["а", "{{ NAME|нечто }}"]])
    page.locator("input[type=file]").set_input_files(file(bad))
    page.get_by_role("button", name="Сохранить").click()
    mistakes = page.get_by_role("alert").filter(has_text="Ошибки в шаблоне")
    expect(mistakes).to_contain_text("абзац 2: «{{ СУММА» не закрыто")
    expect(page.get_by_label("Название")).to_have_value("Договор")
    axe(page)
    shot(page, "mistakes")


def the_tab_makes_one(page: Page, axe: Axe) -> None:
    page.get_by_role("button", name="Создать «Договор»").click()
    link = page.get_by_role("link", name="Договор.docx")
    expect(link).to_be_visible()
    axe(page)
    shot(page, "element")
    with page.expect_download() as started:
        link.click()
    assert len(texts(Path(started.value.path()).read_bytes())) == 3


def test_placeholders_are_copied_and_rows_come_from_another_list(
    page: Page, portal: str, world: World
) -> None:
    goods, link = rows_of(world)
    element = world.add("Договор")
    for number in (1, 2):
        values = {"NAME": f"Т{number}", "CONTRACT": element.pk, "PRICE": 5, "COUNT": 2}
        create_element(goods.pk, values, actor=world.anna)
    template = create_document_template(
        actor=world.anna, name="Счёт", upload=upload(docx("{{ NAME }}", table=TABLE)),
        list_id=world.list.pk,
    )  # fmt: skip
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=portal)
    page.goto(f"{portal}{template.get_absolute_url()}edit/")
    page.get_by_label("Строки таблицы").select_option(str(link.pk))
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_text("Строки таблицы", exact=False).last.click()
    page.get_by_role("button", name="{{ row.COUNT }}").click()
    expect(page.get_by_text("Скопировано.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "{{ row.COUNT }}"
    shot(page, "rows")
    page.locator(".ts-control").click()
    page.keyboard.type("Договор")
    page.get_by_role("option", name="Договор").first.click()
    assert cells(downloaded(page, "Заполнить и скачать"))[1:3] == [
        ["1", "Т1", "10"],
        ["2", "Т2", "10"],
    ]


def test_numerators_are_made_by_one_click_and_set(
    page: Page, portal: str, world: World, axe: Axe
) -> None:
    page.goto(portal + "/numerators/")
    axe(page)
    shot(page, "numerators-empty")
    page.get_by_role("button", name="Создать список нумераторов").click()
    expect(page.get_by_role("link", name="Новый нумератор")).to_be_visible()
    list_ = make_numerator(world)
    page.reload()
    expect(page.get_by_text("ДОГ-00002")).to_be_visible()
    axe(page)
    shot(page, "numerators")
    page.get_by_role("link", name="Задать следующий номер «Договоры»").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Следующий номер").fill("100")
    dialog.get_by_role("button", name="Задать").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Задать").click()
    expect(page.get_by_text("ДОГ-00100")).to_be_visible()
    page.get_by_role("link", name="Выданные").click()
    expect(page.get_by_role("rowheader", name="ДОГ-00001")).to_be_visible()
    axe(page)
    shot(page, "numbers")
    assert list_ is not None


def make_numerator(world: World) -> Any:
    from workflows.models import NumeratorList

    list_ = NumeratorList.objects.get().list
    values = {"NAME": "Договоры", "FORMAT": "ДОГ-{number:05}"}
    row = create_element(list_.pk, values, actor=world.anna)
    take_number(list_.pk, row.pk, actor=world.anna)
    return list_


def test_in_english(page: Page, portal: str, world: World, sign_in: SignIn) -> None:
    Employee.objects.filter(pk=world.anna.pk).update(language="en")
    template = create_document_template(
        actor=world.anna, name="Contract", upload=upload(docx("{{ NAME }}")), list_id=world.list.pk
    )
    create_numerator_list(actor=world.anna)
    page.goto(portal + template.get_absolute_url())
    expect(page.get_by_role("heading", name="Placeholders")).to_be_visible()
    shot(page, "template-en")
    page.goto(portal + "/numerators/")
    expect(page.get_by_text("No numerators yet")).to_be_visible()
    shot(page, "numerators-en")
