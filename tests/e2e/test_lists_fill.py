"""A grid with a column of each type: filter, sort, edit in the cell, change many at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lists_core.field_types.base import FieldType
from lists_core.models import Job
from lists_core.services.jobs import run_job
from tests.e2e.conftest import SignIn
from tests.e2e.every_type import (
    EMPTY,
    HIGH,
    LOW,
    Everything,
    cell,
    in_both_themes,
    make_everything,
    names,
    replaced,
)
from tests.e2e.ways import PICK, Way, code_of, every_type, picked

Axe = Callable[..., None]
MORE = 205  # with these a change of all found is too long for one request
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def everything(
    page: Page, portal: str, sign_in: SignIn, settings: Any, tmp_path: Path
) -> Everything:
    """The list of each type, open in a browser in which Anna is signed in."""
    settings.MEDIA_ROOT = tmp_path
    made = make_everything()
    sign_in(page, made.ground.anna)
    page.goto(portal + made.list.get_absolute_url())
    expect(names(page)).to_have_count(3)
    return made


# --- filter and sort -----------------------------------------------------------------------


def test_filter_and_sort_by_each_type(page: Page, everything: Everything, axe: Axe) -> None:
    for kind, way in every_type():
        ask(page, kind, way)
        expect(names(page)).to_have_text([HIGH])
        if kind.slug == "date":
            in_both_themes(page, axe)
            page.reload()
            expect(names(page)).to_have_text([HIGH])
        page.get_by_role("link", name="Сбросить всё").click()
        expect(names(page)).to_have_count(3)
        if kind.sortable:
            sort_both_ways(page, kind)


def ask(page: Page, kind: FieldType, way: Way) -> None:
    """Find HIGH by a condition of the filter panel."""
    operator, *texts = way.asks
    panel = page.locator("#grid-filter")
    if not panel.is_visible():
        page.get_by_role("button", name="Фильтр").click()
    row = panel.locator("[data-cond]")
    replaced(page, row, lambda: row.locator("[data-field]").select_option(code_of(kind)))
    if row.locator("[data-op]").input_value() != operator:
        replaced(page, row, lambda: row.locator("[data-op]").select_option(operator))
    value = row.locator("[data-value]")
    if texts == [PICK]:
        picked(page, value, way.high)
    else:
        for control, text in zip(value.locator("input").all(), texts, strict=True):
            control.fill(text)
    panel.get_by_role("button", name="Применить").click()


def sort_both_ways(page: Page, kind: FieldType) -> None:
    """A field that people fill has an empty value in the middle row: it is last both ways."""
    header = page.locator(f"#grid th[data-code={code_of(kind)}]")
    up = [HIGH, EMPTY, LOW] if kind.automatic else [LOW, HIGH, EMPTY]
    down = up[::-1] if kind.automatic else [HIGH, LOW, EMPTY]
    header.get_by_role("link").click()
    expect(names(page)).to_have_text(up)
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.get_by_role("link").click()
    expect(names(page)).to_have_text(down)


# --- edit in the cell ----------------------------------------------------------------------


def test_edit_in_the_cell_by_keyboard_and_mouse(
    page: Page, everything: Everything, axe: Axe
) -> None:
    editable = [(kind, way) for kind, way in every_type() if not kind.automatic]
    by_keys = [(kind, way) for kind, way in editable if way.press]
    go_to_row(page, EMPTY)
    for place, (kind, way) in enumerate(by_keys):
        edit_by_keys(page, kind, way, opener=("Enter", "F2")[place % 2])
    for kind, way in editable:
        edit_by_mouse(page, kind, way, HIGH if way.press else EMPTY)
    page.reload()
    for kind, way in editable:
        expect(cell(page, EMPTY, code_of(kind))).to_contain_text(way.seen(way.low))
    in_both_themes(page, axe)


def go_to_row(page: Page, name: str) -> None:
    """From the only stop of the Tab key in the table down to the row's name."""
    page.locator('#grid td[tabindex="0"]').focus()
    wanted = page.locator("#grid td:focus", has_text=name)
    for _press in range(3):
        if wanted.count():
            return
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_attached()


def edit_by_keys(page: Page, kind: FieldType, way: Way, *, opener: str) -> None:
    assert way.press
    wanted = cell(page, EMPTY, code_of(kind))
    for _press in every_type():
        if wanted.evaluate("cell => cell === document.activeElement"):
            break
        page.keyboard.press("ArrowRight")
    expect(wanted).to_be_focused()
    page.keyboard.press(opener)
    expect(page.locator("#cell-edit :focus")).to_be_attached()
    way.press(page, way.low)
    expect(page.locator("#cell-edit"), kind.slug).to_have_count(0)
    expect(wanted).to_contain_text(way.seen(way.low))
    expect(wanted).to_be_focused()


def edit_by_mouse(page: Page, kind: FieldType, way: Way, name: str) -> None:
    wanted = cell(page, name, code_of(kind))
    wanted.dblclick()
    editor = page.locator("#cell-edit")
    expect(editor).to_be_visible()
    way.fill(page, editor, way.low)
    save(editor)
    expect(editor).to_have_count(0)
    expect(wanted).to_contain_text(way.seen(way.low))


def save(editor: Locator) -> None:
    editor.get_by_role("button", name="Сохранить").click()


# --- many at once --------------------------------------------------------------------------


def test_change_many_at_once(page: Page, everything: Everything, axe: Axe) -> None:
    for name in (EMPTY, LOW):
        page.get_by_role("checkbox", name=f"Выбрать: {name}").check()
    expect(page.locator(".sv-bulk-count")).to_have_text("Выбрано: 2")
    open_bulk_edit(page)
    for kind, way in every_type():
        if not kind.automatic:
            add_to_bulk(page, kind, way)
    axe(page)
    page.locator("svod-dialog").get_by_role("button", name="Изменить").click()
    expect(page.locator("svod-dialog dialog[open]")).to_have_count(0)
    for kind, way in every_type():
        for name in (EMPTY, LOW) if not kind.automatic else ():
            expect(cell(page, name, code_of(kind))).to_contain_text(way.seen(way.high))


def open_bulk_edit(page: Page) -> None:
    page.locator("[data-bulk]").get_by_role("button", name="Изменить").click()
    expect(page.locator("#bulk-add")).to_be_visible()


def add_to_bulk(page: Page, kind: FieldType, way: Way) -> None:
    code = code_of(kind)
    page.locator("#bulk-add").select_option(code)
    box = page.locator(f"[data-bulk-field={code}]")
    expect(box).to_be_visible()
    way.fill(page, box, way.high)


def test_change_everything_found(page: Page, everything: Everything, axe: Axe) -> None:
    everything.add_many(MORE)
    page.goto(f"{page.url}?size=20")
    expect(names(page)).to_have_count(20)
    page.get_by_role("checkbox", name="Выбрать всю страницу").check()
    page.get_by_role("button", name="Выбрать все найденные").click()
    expect(page.locator(".sv-bulk-count")).to_contain_text(str(MORE + 3))
    open_bulk_edit(page)
    page.locator("#bulk-add").select_option("F_STRING")
    page.locator("[data-bulk-field=F_STRING] input[type=text]").fill("у всех")
    page.locator("svod-dialog").get_by_role("button", name="Изменить").click()
    page.wait_for_url("**/jobs/**")
    expect(page.locator("#job")).to_have_attribute("data-state", "queued")
    axe(page)
    run_job(Job.objects.get().pk)
    expect(page.locator("#job")).to_have_attribute("data-state", "done")
    expect(page.locator("#job dd").first).to_have_text(str(MORE + 3))
    axe(page)
    page.locator("#job").get_by_role("link", name="Всё сразу").click()
    expect(page.locator("#grid tbody").get_by_text("у всех", exact=True)).to_have_count(20)
