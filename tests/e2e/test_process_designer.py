"""A designer makes a process from nothing: by mouse, and again with the keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from staff.models import Employee
from tests.lists_core.element_world import World, make_world
from workflows.models import Template
from workflows.services.template_changes import new_template

Axe = Callable[..., None]
SignIn = Callable[[Page, Employee], None]
SAVED = "Черновик сохранён"


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def design(page: Page, portal: str, world: World, sign_in: SignIn) -> Callable[..., Template]:
    """Open the designer of a new process."""

    def opened(**tree: Any) -> Template:
        made = new_template(
            actor=world.anna, name="Напоминание", list_id=world.list.pk, tree=tree or None
        )
        sign_in(page, world.anna)
        page.goto(f"{portal}/processes/{made.pk}/design/")
        expect(page.locator("svod-process.is-ready")).to_be_attached()
        return made

    return opened


def draft(template: Template) -> dict[str, Any]:
    template.refresh_from_db()
    return dict(template.draft)


def saved(page: Page) -> None:
    expect(page.locator("[data-state]")).to_have_text(SAVED)


def kept(page: Page, template: Template, params: dict[str, Any]) -> None:
    """The first step's parameters, as soon as the draft has saved itself."""
    found: list[dict[str, Any]] = []
    for _look in range(75):
        found = [one["params"] for one in draft(template)["steps"][:1]]
        if found == [params]:
            return
        page.wait_for_timeout(200)
    assert found == [params]


def types(tree: dict[str, Any]) -> list[str]:
    return [one["type"] for one in tree["steps"]]


def test_a_process_made_by_mouse(
    page: Page, portal: str, world: World, sign_in: SignIn, axe: Axe
) -> None:
    sign_in(page, world.anna)
    page.goto(f"{portal}/lists/{world.list.pk}/processes/")
    page.get_by_role("link", name="Новый процесс").first.click()
    page.get_by_label("Название").fill("Напоминание о сроке")
    page.get_by_role("button", name="Создать").click()
    page.wait_for_url("**/design/")
    template = Template.objects.get()
    expect(page.locator(".sqd-designer")).to_be_visible()
    axe(page)
    drag_to_scheme(page, "element_update")
    fill_in_a_value(page)
    kept(page, template, {"values": {"NOTE": "{{Document.PRICE}}"}})
    mistakes_lead_to_their_place(page, axe)
    page.locator('[data-do="undo"]').click()
    expect(page.locator("[data-step-id]")).to_have_count(1)
    saved(page)
    try_it_out(page, world)
    page.get_by_role("button", name="Опубликовать").click()
    page.get_by_label("Что изменилось").fill("первая")
    page.get_by_role("dialog").get_by_role("button", name="Опубликовать").click()
    page.wait_for_url(f"**/processes/{template.pk}/")
    expect(page.get_by_text("Версия 1").first).to_be_visible()
    axe(page)
    template.refresh_from_db()
    assert template.active_version is not None
    assert template.active_version.note == "первая"
    assert types(template.active_version.tree) == ["element_update"]


def drag_to_scheme(page: Page, tool: str, place: int = 0) -> None:
    page.locator(f'[data-toolbox] [data-tool="{tool}"]').hover()
    page.mouse.down()
    page.mouse.move(700, 300, steps=8)
    spot = page.locator(".sqd-placeholder").nth(place)
    expect(spot).to_be_attached()
    box = spot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()


def fill_in_a_value(page: Page) -> None:
    editor = page.locator("[data-editor]")
    expect(editor.get_by_role("heading", name="Изменить элемент")).to_be_visible()
    editor.get_by_label("Добавить поле").select_option(label="Note")
    editor.get_by_role("button", name="Вставить значение из процесса").click()
    picker = page.get_by_role("dialog", name="Вставить значение из процесса")
    picker.get_by_role("searchbox").fill("нет такого")
    expect(picker.get_by_text("Ничего не найдено")).to_be_visible()
    picker.get_by_role("searchbox").fill("price")
    picker.get_by_role("button", name="Price").click()
    expect(editor.locator(".sv-value-chip")).to_have_text("Price")


def mistakes_lead_to_their_place(page: Page, axe: Axe) -> None:
    """A step that lacks what it needs: publishing says so, and a click leads there."""
    editor = page.locator("[data-editor]")
    page.locator('[data-tool="element_delete"]').click()
    expect(editor.get_by_role("heading", name="Удалить элемент списка")).to_be_visible()
    saved(page)
    page.get_by_role("button", name="Опубликовать").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Сначала исправьте")).to_be_visible()
    axe(page, "dialog[open]")
    dialog.locator("[data-problem-step]").first.click()
    expect(dialog).to_be_hidden()
    expect(editor.locator('[data-param="p-list"] select')).to_be_focused()
    expect(editor.locator('[data-param="p-list"] .sv-error')).to_be_visible()
    page.get_by_role("button", name="Исправить:").click()
    expect(page.locator("[data-problems] button")).to_have_count(2)
    axe(page)


def try_it_out(page: Page, world: World) -> None:
    element = world.add("Ель обыкновенная")
    page.get_by_role("button", name="Проверить").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("svod-select.sv-ready")).to_be_attached()
    dialog.locator(".ts-control").click()
    page.keyboard.type("Ель")
    page.locator(".ts-dropdown:visible .option", has_text="Ель").first.click()
    dialog.get_by_role("button", name="Проверить").click()
    expect(dialog.get_by_text("Процесс дошёл до конца.")).to_be_visible()
    assert world.row(element.pk).version == 1
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_same_with_the_keyboard_alone(
    page: Page, design: Callable[..., Template], axe: Axe
) -> None:
    template = design()
    page.locator('[data-do="list"]').focus()
    page.keyboard.press("Enter")
    expect(
        page.locator("[data-steps]").get_by_role("button", name="Добавить первый шаг")
    ).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Добавить шаг")).to_be_visible()
    page.keyboard.type("условие")
    page.keyboard.press("Enter")
    row = page.locator("[data-row]")
    expect(row).to_have_count(3)
    saved(page)

    # Into the first branch: its row, Insert, the action.
    row.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(row.nth(1)).to_be_focused()
    page.keyboard.press("Insert")
    page.keyboard.type("остановить")
    page.keyboard.press("Enter")
    expect(row).to_have_count(4)
    saved(page)
    tree = draft(template)
    assert types(tree) == ["if"]
    assert [one["type"] for one in tree["steps"][0]["branches"][0]["steps"]] == ["stop"]

    stop = tree["steps"][0]["branches"][0]["steps"][0]["id"]
    move_copy_and_undo(page, template, stop)
    axe(page)


def move_copy_and_undo(page: Page, template: Template, stop: str) -> None:
    """Out of the step around, up before it, copied, one deleted, and that undone."""
    row = page.locator("[data-row]")
    page.locator(f'[data-row="{stop}"]').focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(f'[data-row="{stop}"]')).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    saved(page)
    assert types(draft(template)) == ["stop", "if"]
    page.keyboard.press("Control+d")
    expect(row).to_have_count(5)
    page.keyboard.press("Delete")
    expect(row).to_have_count(4)
    page.keyboard.press("Control+z")
    expect(row).to_have_count(5)
    saved(page)
    assert types(draft(template)) == ["stop", "stop", "if"]


def nested() -> dict[str, Any]:
    """A draft with everything that a scheme may bend: names alike, empty branches, more keys."""
    inner = {"id": "c", "type": "set_variable", "params": {"variable": "x", "value": "1"}}
    return {
        "steps": [
            {"id": "a", "type": "if", "name": "", "params": {}, "note": "kept", "branches": [
                {"name": "Да", "when": {"and": []}, "steps": [inner]},
                {"name": "Да", "steps": [], "colour": "red"},
                {"steps": [
                    {"id": "d", "type": "gone", "branches": [{"steps": []}, {"steps": []}]}]},
            ]},
            {"id": "e", "type": "foreach", "branches": [{"name": "n", "steps": [
                {"id": "f", "type": "block", "branches": [{"steps": []}]}]}]},
            {"id": "g", "type": "parallel", "branches": []},
        ],
        "variables": [{"code": "x", "label": "Икс", "kind": "number"}],
    }  # fmt: skip


def test_the_scheme_gives_back_what_it_was_given(
    page: Page, design: Callable[..., Template]
) -> None:
    """One step is dragged in: all the rest, which went to the canvas and back, is the same."""
    template = design(**nested())
    before = draft(template)
    expect(page.locator('[data-step-id="f"]')).to_be_attached()
    drag_to_scheme(page, "stop", -1)
    expect(page.locator("[data-state]")).not_to_be_empty()
    saved(page)
    after = draft(template)
    text = json.dumps(after, ensure_ascii=False)
    assert text.count('"type": "stop"') == 1
    page.locator('[data-do="undo"]').click()
    expect(page.locator('[data-do="undo"]')).to_be_disabled()
    saved(page)
    assert draft(template) == before
    assert without(after, "stop") == before


def without(tree: Any, kind: str) -> Any:
    if isinstance(tree, dict):
        return {key: without(value, kind) for key, value in tree.items()}
    if isinstance(tree, list):
        kept = [one for one in tree if not (isinstance(one, dict) and one.get("type") == kind)]
        return [without(one, kind) for one in kept]
    return tree


def test_a_draft_that_somebody_else_saved_is_not_overwritten(
    page: Page, design: Callable[..., Template], world: World
) -> None:
    from workflows.services.templates import save_draft

    template = design()
    boss = Employee.objects.create_user(
        "boss", "b@svod.example", "x", last_name="Главный", is_superuser=True
    )
    other = {"steps": [{"id": "other", "type": "stop"}]}
    save_draft(template.pk, other, draft_version=1, actor=boss)
    page.locator('[data-tool="block"]').click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Главный")
    assert types(draft(template)) == ["stop"]
    dialog.get_by_role("button", name="Показать чужой черновик").click()
    expect(page.locator('[data-step-id="other"]')).to_be_attached()


def test_on_a_phone_there_is_the_list(
    page: Page, design: Callable[..., Template], axe: Axe
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    template = design(**nested())
    expect(page.locator(".sv-canvas")).to_be_hidden()
    page.locator('[data-row="c"]').click()
    editor = page.locator("[data-editor]")
    expect(editor.get_by_label("Название шага")).to_be_visible()
    editor.get_by_label("Название шага").fill("Первый")
    editor.get_by_role("button", name="Закрыть").click()
    expect(page.locator('[data-row="c"]')).to_contain_text("Первый")
    saved(page)
    assert draft(template)["steps"][0]["branches"][0]["steps"][0]["name"] == "Первый"
    axe(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
