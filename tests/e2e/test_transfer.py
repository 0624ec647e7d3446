"""Import with errors and export in a real browser, wide and on a phone, light and dark."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lists_core.models import Job, List
from lists_core.schema.cache import forget_schemas
from lists_core.services import fields, lists
from lists_core.services.jobs import run_job
from staff.models import Employee
from tests.e2e.conftest import SignIn, settled

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)
FILE = "Название;Цена;Срок;Цвет\nЁлка;1 234,50;31.12.2026;зелёный\nСосна;дорого;;синий\nБук;7;;\n"


@pytest.fixture
def goods(page: Page, sign_in: SignIn, settings: Any, tmp_path: Path) -> List:
    settings.MEDIA_ROOT = tmp_path / "files"
    forget_schemas()
    admin = Employee.objects.create_superuser("admin", "a@svod.example", "x", last_name="Админ")
    list_ = lists.create_list(
        actor=admin, everyone="edit", name="Товары", captions={"name_field": "Название"}
    )
    fields.create_field(list_.pk, "number", actor=admin, name="Цена", settings={"precision": 2})
    fields.create_field(list_.pk, "date", actor=admin, name="Срок")
    sign_in(page, admin)
    return list_


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "Товары.csv"
    path.write_bytes(FILE.encode("cp1251"))
    return path


def shot(page: Page, name: str) -> None:
    """A picture for whoever asks for one by `SVOD_SHOTS`."""
    if folder := os.environ.get("SVOD_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def looked_at(page: Page, axe: Axe, name: str) -> None:
    """Without violations and without sideways scrolling, in both themes and on a phone."""
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
            settled(page)
            axe(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} at {width} is {wide} wide"
            shot(page, f"{name}-{width}-{scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})


def work() -> None:
    """What the worker does."""
    run_job(Job.objects.get(state=Job.State.QUEUED).pk)


def test_import_with_errors(
    page: Page, portal: str, goods: List, table: Path, axe: Axe, tmp_path: Path
) -> None:
    page.goto(portal + goods.get_absolute_url())
    page.get_by_role("link", name="Импорт").first.click()
    looked_at(page, axe, "upload")
    page.get_by_label("Файл с таблицей").set_input_files(str(table))
    page.get_by_role("button", name="Дальше").click()
    expect(page.get_by_label("Кодировка")).to_have_value("cp1251")
    expect(page.get_by_label("Поле для «Цена»")).to_have_value("field:TSENA")
    page.get_by_label("Поле для «Цвет»").select_option("new:string")
    looked_at(page, axe, "columns")
    page.get_by_role("button", name="Импорт", exact=True).click()
    expect(page.locator("#job progress")).to_be_visible()
    looked_at(page, axe, "job-running")
    work()
    expect(page.get_by_text("Готово")).to_be_visible()
    expect(page.locator(".sv-counts")).to_contain_text("Добавлено")
    expect(page.locator("#job table")).to_contain_text("Цена")
    looked_at(page, axe, "job-done")
    with page.expect_download() as download:
        page.locator("#job a[download]").click()
    errors = tmp_path / "errors.csv"
    download.value.save_as(errors)
    with errors.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=";"))
    assert rows[1][0] == "Сосна"
    page.get_by_role("link", name="Мои задания").first.click()
    looked_at(page, axe, "jobs")


def test_the_layout_is_changed_on_the_page(
    page: Page, portal: str, goods: List, table: Path
) -> None:
    page.goto(f"{portal}/lists/{goods.pk}/import/")
    page.get_by_label("Файл с таблицей").set_input_files(str(table))
    page.get_by_role("button", name="Дальше").click()
    page.get_by_label("Разделитель").select_option(",")
    expect(page.get_by_label("Поле для «Название;Цена;Срок;Цвет»")).to_be_visible()
    assert "separator=%2C" in page.url
    page.get_by_label("Разделитель").select_option(";")
    expect(page.get_by_label("Поле для «Цена»")).to_have_value("field:TSENA")


def test_a_wrong_choice_keeps_the_others(
    page: Page, portal: str, goods: List, table: Path, axe: Axe
) -> None:
    page.goto(f"{portal}/lists/{goods.pk}/import/")
    page.get_by_label("Файл с таблицей").set_input_files(str(table))
    page.get_by_role("button", name="Дальше").click()
    page.get_by_label("Поле для «Цвет»").select_option("field:NAME")
    page.get_by_label("оставить пустым Цена").check()
    page.get_by_role("button", name="Импорт", exact=True).click()
    expect(page.get_by_text("В это поле уже идёт другой столбец.").first).to_be_visible()
    expect(page.get_by_label("оставить пустым Цена")).to_be_checked()
    looked_at(page, axe, "columns-error")


def test_export_is_made_and_read_back(
    page: Page, portal: str, goods: List, axe: Axe, tmp_path: Path
) -> None:
    from lists_core.services.elements import create_element

    admin = Employee.objects.get()
    for name in ("Ёлка", "=1+1"):
        create_element(goods.pk, {"NAME": name}, actor=admin)
    page.goto(portal + goods.get_absolute_url() + "?sort=ID")
    page.get_by_role("link", name="Экспорт").first.click()
    looked_at(page, axe, "export")
    page.get_by_label("CSV – любая программа").check()
    page.get_by_role("button", name="Создать файл").click()
    expect(page.locator("#job progress")).to_be_visible()
    work()
    with page.expect_download() as download:
        page.locator("#job a[download]").click()
    path = tmp_path / "export.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=";"))
    assert [row[0] for row in rows] == ["Название", "Ёлка", "'=1+1"]
