"""Each type goes out of a list as CSV and as a workbook, and comes back through an import."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from lists_core.models import Job
from lists_core.services.jobs import run_job
from tests.e2e.conftest import SignIn
from tests.e2e.every_type import LOW, Everything, cell, make_everything, names
from tests.e2e.ways import code_of, every_type, plain

Axe = Callable[..., None]
Row = dict[str, Any]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everything(
    page: Page, portal: str, sign_in: SignIn, settings: Any, tmp_path: Path
) -> Everything:
    """The list of each type, open in a browser in which Anna is signed in."""
    settings.MEDIA_ROOT = tmp_path / "media"
    made = make_everything()
    sign_in(page, made.ground.anna)
    page.goto(portal + made.list.get_absolute_url())
    return made


def test_each_type_goes_out_and_comes_back(
    page: Page, everything: Everything, axe: Axe, tmp_path: Path
) -> None:
    book = read_book(export(page, everything, "XLSX – Excel, LibreOffice", tmp_path / "out.xlsx"))
    for kind, way in every_type():
        assert plain(book[str(kind.label)]) == plain(way.in_xlsx), kind.slug
    table = read_csv(export(page, everything, "CSV – любая программа", tmp_path / "out.csv"))
    low = next(row for row in table if row["Название"] == LOW)
    for kind, way in every_type():
        assert plain(low[str(kind.label)]) == way.in_csv, kind.slug
    assert len(table) == 3
    bring_in(page, everything, low, axe, tmp_path)
    for kind, way in every_type():
        if kind.importable:
            expect(cell(page, "Из файла", code_of(kind))).to_contain_text(way.seen(way.low))


# --- out -----------------------------------------------------------------------------------


def export(page: Page, everything: Everything, form: str, path: Path) -> Path:
    """Ask for the file on the page of export, do the work, and download it."""
    page.get_by_role("link", name="Экспорт").click()
    page.get_by_label(form).check()
    page.get_by_role("button", name="Создать файл").click()
    work(page)
    download(page, path)
    back(page, everything)
    return path


def work(page: Page) -> None:
    """What the worker does while the page waits."""
    expect(page.locator("#job")).to_have_attribute("data-state", "queued")
    run_job(Job.objects.get(state=Job.State.QUEUED).pk)
    expect(page.locator("#job")).to_have_attribute("data-state", "done")


def download(page: Page, path: Path) -> None:
    with page.expect_download() as started:
        page.locator("#job a[download]").click()
    started.value.save_as(path)


def back(page: Page, everything: Everything) -> None:
    page.locator("#job a:not([download])", has_text=everything.list.name).click()
    expect(names(page).first).to_be_visible()


def read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def read_book(path: Path) -> Row:
    """The row of LOW in the only sheet."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    headings, *rows = sheet.iter_rows(values_only=True)
    tables: list[Row] = [dict(zip(map(str, headings), row, strict=True)) for row in rows]
    return next(row for row in tables if row["Название"] == LOW)


# --- and back ------------------------------------------------------------------------------


def bring_in(page: Page, everything: Everything, low: Row, axe: Axe, tmp_path: Path) -> None:
    """Import one good row and two wrong ones, and read why they were refused."""
    wrong = {"Число": "много", "Дата": "вчера"}
    good = {**low, "Название": "Из файла"}
    rows = [good, *({**good, "Название": name, name: text} for name, text in wrong.items())]
    page.get_by_role("link", name="Импорт").click()
    page.get_by_label("Файл с таблицей").set_input_files(write(tmp_path / "in.csv", rows))
    page.get_by_role("button", name="Дальше").click()
    for kind, _way in every_type():
        if kind.importable:
            target = page.get_by_label(f"Поле для «{kind.label}»", exact=True)
            expect(target).to_have_value(f"field:{code_of(kind)}")
    axe(page)
    page.get_by_role("button", name="Импорт", exact=True).click()
    work(page)
    expect(page.locator(".sv-counts dd")).to_have_text(["1", "2"])
    axe(page)
    download(page, tmp_path / "errors.csv")
    refused = read_csv(tmp_path / "errors.csv")
    assert [row["Название"] for row in refused] == list(wrong)
    for row, (name, text) in zip(refused, wrong.items(), strict=True):
        assert row[name] == text
        assert any(name in str(value) for value in row.values() if value != name)
    back(page, everything)


def write(path: Path, rows: list[Row]) -> Path:
    """A table as other programs save it: UTF-8 without its mark."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path
