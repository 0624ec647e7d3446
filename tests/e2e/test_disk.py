"""The Disk in a browser: files dropped, a version made, an old one back, a folder shared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lists_core.models import DiskFile, DiskFolder
from staff.models import Employee
from staff.services.groups import sync_groups
from tests.e2e.conftest import SignIn, settled

pytestmark = pytest.mark.django_db(transaction=True)
DATA = """files => { const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name, {type: "text/plain"}));
  return data; }"""


def person(login: str, last_name: str) -> Employee:
    made: Employee = Employee.objects.create_user(
        login, f"{login}@svod.example", "x", last_name=last_name, first_name="Вера"
    )
    return made


def drop(page: Page, place: Locator, *files: list[str]) -> None:
    data = {"dataTransfer": page.evaluate_handle(DATA, list(files))}
    place.dispatch_event("dragover", data)
    place.dispatch_event("drop", data)


def shared_with(page: Page, typed: str) -> None:
    page.locator(".sv-acc-pick [role=combobox]").fill(typed)
    page.locator(".sv-acc-pick .option:visible").first.click()
    page.keyboard.press("Escape")
    page.get_by_label("Какие права").select_option(label="Только просмотр")
    page.get_by_role("button", name="Выдать доступ").click()
    expect(page.get_by_text("Ещё не сохранено.")).to_be_visible()
    page.locator("[name=restricted]").check()
    page.locator(".sv-acc-form").get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.get_by_text("Доступ сохранён.").last).to_be_visible()


def opens_what_is_shared(page: Page, portal: str) -> None:
    """On a desk and on a phone, without what she may not do."""
    page.goto(f"{portal}/disk/")
    page.get_by_role("link", name="Договоры").click()
    expect(page.get_by_role("link", name="акт.txt")).to_be_visible()
    expect(page.get_by_text("Загрузить файлы")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Плиткой").click()
    expect(page.locator("li[data-entry]")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_files_are_dropped_changed_brought_back_and_shared(
    page: Page,
    second: Page,
    portal: str,
    sign_in: SignIn,
    axe: Callable[..., None],
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    anna, vera = person("anna", "Иванова"), person("vera", "Егорова")
    sync_groups()
    sign_in(page, anna)
    page.goto(f"{portal}/disk/")
    page.get_by_role("link", name="Новая папка").click()
    page.get_by_label("Название").fill("Договоры")
    page.get_by_role("button", name="Создать").click()
    page.get_by_role("link", name="Договоры").click()
    expect(page.get_by_role("heading", name="Договоры")).to_be_visible()

    drop(page, page.locator("h1"), ["акт.txt", "первый"], ["счёт.txt", "счёт"])
    act = page.locator("[data-entry]", has_text="акт.txt")
    expect(act).to_be_visible()
    expect(page.locator("[data-entry]")).to_have_count(2)
    drop(page, act, ["другое имя.txt", "второй"])
    expect(act.get_by_text("2 версии")).to_be_visible()
    settled(page)
    axe(page)

    act.get_by_role("link", name="акт.txt").press("ArrowDown")
    expect(page.get_by_role("link", name="счёт.txt")).to_be_focused()
    act.get_by_role("link", name="акт.txt").click()
    page.get_by_role("button", name="Сделать версию 1 текущей").click()
    expect(page.get_by_text("Снова содержимое версии 1")).to_be_visible()
    page.locator("summary", has_text="История").click()
    expect(page.get_by_text("версия 3 с содержимым версии 1")).to_be_visible()
    expect(page.locator(".sv-panel .sv-disk-card")).to_be_visible()
    address = portal + DiskFile.objects.get(name="акт.txt").content_url
    assert page.request.get(address).text() == "первый"

    folder = DiskFolder.objects.get()
    page.goto(f"{portal}/disk/folder/{folder.pk}/access/")
    shared_with(page, "егорова")
    sign_in(second, vera)
    opens_what_is_shared(second, portal)
    axe(second)
