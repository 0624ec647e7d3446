"""An element in a real browser: drawer, errors, conflict, history, copy, undo, phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from lists_core.schema.cache import schema_of
from lists_core.services.elements import delete_elements, update_element
from lists_core.services.sections import create_section
from tests.e2e.conftest import SignIn
from tests.lists_core.element_world import World, make_world

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(page: Page, portal: str, sign_in: SignIn) -> World:
    """A list with one element, open in a browser in which Anna is signed in."""
    made = make_world()
    made.field("date", "DUE", hint="Когда сдать")
    made.field("employee", "OWNER")
    made.field("boolean", "SIGNED")
    made.field("counter", "NUMBER")
    made.add("Ель", PRICE=5, NOTE="было")
    sign_in(page, made.anna)
    page.goto(portal + made.list.get_absolute_url())
    return made


def drawer(page: Page) -> Locator:
    return page.locator("svod-drawer dialog[open]")


def open_element(page: Page, name: str = "Ель") -> Locator:
    page.get_by_role("link", name=name, exact=True).click()
    panel = drawer(page)
    expect(panel.get_by_role("heading", name=name)).to_be_visible()
    return panel


def edit(page: Page, name: str = "Ель") -> Locator:
    panel = open_element(page, name)
    panel.get_by_role("link", name="Изменить").click()
    expect(panel.locator("#id_NAME")).to_be_visible()
    return panel


def petr_writes(world: World, **values: object) -> None:
    row = schema_of(world.list).model.objects.get(name="Ель")
    update_element(world.list.pk, row.pk, values, version=row.version, actor=world.petr)


def test_adding_in_the_drawer(page: Page, world: World, axe: Axe) -> None:
    page.get_by_role("link", name="Добавить элемент").click()
    panel = drawer(page)
    expect(panel.locator("#id_PRICE")).to_be_visible()
    axe(page)
    panel.locator("#id_PRICE").fill("много")
    panel.locator("#id_NOTE").fill("длинный рассказ")
    page.keyboard.press("Control+Enter")
    error = panel.locator("#id_NAME_error")
    expect(error).to_be_visible()
    expect(panel.locator("#id_NAME")).to_be_focused()
    expect(panel.locator("#id_NAME")).to_have_attribute("aria-invalid", "true")
    expect(panel.locator("#id_PRICE")).to_have_value("много")
    expect(panel.locator("#id_NOTE")).to_have_value("длинный рассказ")
    axe(page)
    panel.locator("#id_NAME").fill("Сосна")
    panel.locator("#id_PRICE").fill("7,5")
    panel.get_by_role("button", name="Сохранить и добавить ещё").click()
    expect(panel.locator("#id_NAME")).to_have_value("")
    panel.locator("#id_NAME").fill("Дуб")
    page.keyboard.press("Control+s")
    expect(drawer(page)).to_have_count(0)
    for name in ("Сосна", "Дуб"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_unsaved_typing_is_asked_about(page: Page, world: World) -> None:
    panel = edit(page)
    panel.locator("#id_NAME").fill("Ель новая")
    page.keyboard.press("Escape")
    page.get_by_role("alertdialog").get_by_role("button", name="Продолжить").click()
    expect(panel.locator("#id_NAME")).to_have_value("Ель новая")
    panel.get_by_role("button", name="Сохранить", exact=True).click()
    expect(drawer(page)).to_have_count(0)
    expect(page.get_by_role("link", name="Ель новая")).to_be_visible()


def test_the_second_writer_decides(page: Page, world: World, axe: Axe) -> None:
    panel = edit(page)
    petr_writes(world, NOTE="текст Петра", PRICE=9)
    panel.locator("#id_NOTE").fill("мой текст")
    page.keyboard.press("Control+s")
    clash = panel.locator(".sv-clash")
    expect(clash).to_contain_text("Петров")
    expect(clash).to_contain_text("мой текст")
    expect(clash).to_contain_text("текст Петра")
    expect(panel.locator("#id_NOTE")).to_have_value("мой текст")
    axe(page)
    before = clash.element_handle()
    page.keyboard.press("Control+s")  # without an answer nothing is saved
    # The new form has come when the old one is gone: a press before that would go to the old.
    page.wait_for_function("form => !form.isConnected", arg=before)
    expect(clash).to_be_visible()
    panel.get_by_role("radio", name="Оставить моё").check()
    page.keyboard.press("Control+s")
    expect(drawer(page)).to_have_count(0)
    expect(page.get_by_text("Сохранено.").first).to_be_visible()
    schema = schema_of(world.list)
    row = schema.model.objects.get(name="Ель")
    assert (schema["NOTE"].read(row), schema["PRICE"].read(row)) == ("мой текст", 9)


def test_history_tells_who_and_what(page: Page, world: World, axe: Axe) -> None:
    petr_writes(world, NOTE="стало")
    panel = open_element(page)
    panel.get_by_role("link", name="История").click()
    newest = panel.locator(".sv-history-entry").first
    expect(newest).to_contain_text("Петров")
    expect(newest.locator(".sv-old")).to_have_text("было")
    expect(newest.locator(".sv-new")).to_have_text("стало")
    axe(page)


def test_a_copy_is_filled_and_can_be_changed(page: Page, world: World) -> None:
    panel = open_element(page)
    panel.get_by_role("button", name="Другие действия").click()
    panel.get_by_role("link", name="Копировать").click()
    name = panel.locator("#id_NAME")
    expect(name).to_have_value("Ель")
    name.fill("Ель вторая")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name="Ель вторая")).to_be_visible()


def test_deleting_can_be_undone(page: Page, world: World, axe: Axe) -> None:
    panel = open_element(page)
    panel.get_by_role("button", name="Другие действия").click()
    panel.get_by_role("button", name="Удалить элемент").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Удалить").click()
    link = page.get_by_role("link", name="Ель", exact=True)
    expect(link).to_have_count(0)
    axe(page)
    page.locator(".sv-toast").get_by_role("button", name="Отменить").click()
    expect(link).to_be_visible()


def test_neighbours_follow_the_grid(page: Page, portal: str, world: World) -> None:
    for name in ("в", "а", "б"):
        world.add(name)
    page.goto(f"{portal}{world.list.get_absolute_url()}?sort=NAME")
    panel = open_element(page, "а")
    panel.get_by_role("link", name="Следующий").click()
    expect(panel.get_by_role("heading", name="б", exact=True)).to_be_visible()
    expect(panel.get_by_role("link", name="Предыдущий")).to_be_visible()
    page.keyboard.press("Alt+ArrowDown")
    expect(panel.get_by_role("heading", name="в", exact=True)).to_be_visible()


def test_a_page_of_its_own(page: Page, portal: str, world: World, axe: Axe) -> None:
    row = schema_of(world.list).model.objects.get()
    page.goto(portal + world.url("element", row.pk))
    expect(page.locator("h1")).to_have_text("Ель")
    axe(page)
    page.get_by_role("link", name="Изменить").click()
    page.locator("#id_NAME").fill("Ёлка")
    page.keyboard.press("Control+s")
    expect(page.locator("h1")).to_have_text("Ёлка")
    expect(page).to_have_url(portal + world.url("element", row.pk))


def test_a_phone_has_one_column(page: Page, world: World, axe: Axe) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    panel = edit(page)
    boxes = [panel.locator(f"[data-field={code}]").bounding_box() for code in ("NAME", "PRICE")]
    left, right = boxes
    assert left
    assert right
    assert left["x"] == right["x"]
    assert right["y"] > left["y"]
    wide = page.evaluate("document.querySelector('dialog[open]').scrollWidth")
    assert wide <= 390
    axe(page)
    panel.locator("#id_NAME").fill("С телефона")
    panel.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.get_by_role("link", name="С телефона")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sections_bin_and_search(
    page: Page, portal: str, world: World, axe: Axe, theme: str
) -> None:
    world.anna.theme = theme
    world.anna.save()
    page.context.add_cookies([{"name": "theme", "value": theme, "url": portal}])
    top = create_section(world.list.pk, actor=world.anna, name="Поставка")
    create_section(world.list.pk, actor=world.anna, name="Станки", parent_id=top.pk)
    world.add("Станок", section_id=top.pk)
    page.goto(portal + world.url("sections"))
    expect(page.locator("svod-tree")).to_contain_text("Станки")
    axe(page)
    page.get_by_role("link", name="Изменить раздел: Станки").click()
    dialog = page.locator("svod-dialog dialog[open]")
    dialog.locator("#id_name").fill("Машины")
    axe(page)
    dialog.get_by_role("button", name="Сохранить").click()
    expect(page.locator("svod-tree")).to_contain_text("Машины")
    page.get_by_role("link", name="Удалить раздел: Поставка").click()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Удалить").click()
    expect(page.locator("svod-tree")).not_to_contain_text("Поставка")
    old, other = world.add("Старый пресс"), world.add("Лом")
    delete_elements(world.list.pk, [old.pk, other.pk], actor=world.anna)
    page.goto(portal + world.url("elements_bin"))
    axe(page)
    page.get_by_role("checkbox", name="Лом").check()
    page.get_by_role("button", name="Удалить навсегда").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Удалить навсегда").click()
    expect(page.locator("#bin")).not_to_contain_text("Лом")
    expect(page.locator("#bin")).to_contain_text("Старый пресс")
    page.locator("#global-search").fill("стан")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text("Станок")
    axe(page)
    page.locator(".sv-search-page input").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sv-found-link").first).to_be_focused()
