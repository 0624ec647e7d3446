"""A person makes a list with a field of each type through the pages, and fills an element."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from lists_core.field_types.base import FieldType
from lists_core.models import List
from tests.e2e.every_type import (
    drawer,
    fits_phone,
    in_both_themes,
    make_ground,
    on_card,
    replaced,
    sign_in_by_form,
)
from tests.e2e.ways import Way, code_of, every_type

Axe = Callable[..., None]
PHONE: ViewportSize = {"width": 390, "height": 844}
pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_sign_in_to_a_filled_element(
    page: Page, portal: str, axe: Axe, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    ground = make_ground()
    sign_in_by_form(page, portal, ground.anna)
    in_both_themes(page, axe)
    make_list(page, "Всё сразу")
    for kind, way in every_type():
        add_field(page, kind, way, axe)
    expect(page.locator("#preview [data-field]")).to_have_count(len(every_type()) + 1)
    axe(page)
    add_element(page, axe)
    compare_the_card(page, axe)
    page.goto(f"{portal}/disk/")
    expect(page.get_by_role("link", name="Прайс.pdf")).to_be_visible()
    axe(page)
    on_a_phone(page, portal, axe)


def make_list(page: Page, name: str) -> None:
    page.get_by_role("link", name="Новый список").click()
    page.locator("#id_name").fill(name)
    page.get_by_role("button", name="Создать список").click()
    expect(page.locator(".sv-toast")).to_contain_text("Список создан")


def add_field(page: Page, kind: FieldType, way: Way, axe: Axe) -> None:
    page.get_by_role("link", name="Добавить поле").click()
    choice = page.locator("#id_type")
    if choice.input_value() != kind.slug:
        replaced(page, page.locator("#field-form-body"), lambda: choice.select_option(kind.slug))
    page.locator("#id_name").fill(str(kind.label))
    page.locator("#id_code").fill(code_of(kind))
    way.set_up(page)
    if kind.slug == "list":
        axe(page)
    page.get_by_role("button", name="Добавить поле").click()
    row = page.locator(".sv-field-row", has_text=code_of(kind))
    expect(row.get_by_role("link")).to_contain_text(str(kind.label))


def add_element(page: Page, axe: Axe) -> None:
    page.goto(page.url.replace("/fields/", "/"))
    page.get_by_role("link", name="Добавить элемент").first.click()
    form = drawer(page)
    form.locator("#id_NAME").fill("Первый")
    for kind, way in every_type():
        way.fill(page, form.locator(f"[data-field={code_of(kind)}]"), way.high)
    in_both_themes(page, axe)
    page.keyboard.press("Control+s")
    expect(drawer(page)).to_have_count(0)


def compare_the_card(page: Page, axe: Axe) -> None:
    page.get_by_role("link", name="Первый", exact=True).click()
    card = drawer(page)
    for kind, way in every_type():
        expect(on_card(card, str(kind.label))).to_contain_text(way.seen(way.high))
    axe(page)


def on_a_phone(page: Page, portal: str, axe: Axe) -> None:
    list_ = List.objects.get(name="Всё сразу")
    page.set_viewport_size(PHONE)
    page.goto(portal)
    fits_phone(page)
    axe(page)
    page.get_by_role("link", name="Всё сразу").first.click()
    expect(page.get_by_role("link", name="Первый", exact=True)).to_be_visible()
    fits_phone(page)
    axe(page)
    page.goto(f"{portal}/lists/{list_.pk}/elements/add/")
    expect(page.locator(".ProseMirror")).to_be_visible()
    fits_phone(page)
    axe(page)
