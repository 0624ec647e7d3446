"""The shell and its components in a real browser: keyboard, failures, themes, languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from staff.models import Employee
from tests.e2e.conftest import Complaints, SignIn

PHONE: ViewportSize = {"width": 390, "height": 844}
READY = ".sv-map .leaflet-marker-icon", ".ProseMirror", "svod-select.sv-ready"


@pytest.fixture
def guide(page: Page, portal: str, sign_in: SignIn, employee: Employee) -> Page:
    """The page of components, everything on it loaded."""
    sign_in(page, employee)
    page.goto(f"{portal}/_styleguide/")
    for selector in READY:
        page.wait_for_selector(selector)
    return page


def cookie(page: Page, portal: str, name: str, value: str) -> None:
    page.context.add_cookies([{"name": name, "value": value, "url": portal}])


# --- accessibility ----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_passes_axe(
    page: Page, portal: str, sign_in: SignIn, employee: Employee, axe: Callable[..., None],
    theme: str, language: str,
) -> None:  # fmt: skip
    employee.language = language
    employee.theme = theme
    employee.save()
    cookie(page, portal, "theme", theme)
    sign_in(page, employee)
    page.goto(f"{portal}/_styleguide/")
    for selector in READY:
        page.wait_for_selector(selector)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    expect(page.locator("html")).to_have_attribute("lang", language)
    axe(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_opens_passes_axe(
    guide: Page, portal: str, axe: Callable[..., None], theme: str
) -> None:
    if guide.locator("html").get_attribute("data-bs-theme") != theme:
        guide.locator(".sv-top-wide svod-theme button").click()
    guide.locator("[popovertarget=bell-panel]").click()
    axe(guide, "#bell-panel")
    guide.keyboard.press("Escape")
    guide.locator("svod-select:has(#many) .ts-control").click()
    guide.wait_for_selector(".ts-dropdown .option")
    axe(guide, "svod-select:has(#many)")
    guide.keyboard.press("Escape")
    guide.locator("#say-error").click()
    guide.locator("#open-drawer").click()
    guide.locator("svod-drawer [type=submit]").click()
    guide.wait_for_selector("svod-drawer .sv-error")
    axe(guide, "svod-drawer")
    guide.locator("svod-drawer [name=name]").fill("Рейс")
    guide.keyboard.press("Escape")
    axe(guide, ".sv-ask")


def test_sign_in_page_passes_axe(page: Page, portal: str, axe: Callable[..., None]) -> None:
    page.goto(f"{portal}/sign-in/")
    axe(page)


def test_first_tab_stop_leads_to_the_content(guide: Page) -> None:
    guide.keyboard.press("Tab")
    skip = guide.locator(".sv-skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    guide.keyboard.press("Enter")
    expect(guide.locator("#content")).to_be_focused()


# --- the drawer and the dialog ------------------------------------------------------------


def test_drawer_asks_before_it_loses_typing_and_returns_the_focus(guide: Page) -> None:
    opener = guide.locator("#open-drawer")
    opener.focus()
    guide.keyboard.press("Enter")
    drawer = guide.locator("svod-drawer dialog")
    expect(drawer.get_by_role("heading")).to_be_focused()
    expect(drawer).to_have_accessible_name("Новый рейс")
    drawer.locator("[name=name]").fill("SU 1402")
    guide.keyboard.press("Escape")
    guide.locator(".sv-ask button").first.click()
    expect(drawer.locator("[name=name]")).to_have_value("SU 1402")
    guide.keyboard.press("Escape")
    guide.locator(".sv-ask .btn-danger").click()
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()


def test_form_with_errors_stays_in_the_drawer_then_saves(guide: Page) -> None:
    guide.locator("#open-drawer").click()
    drawer = guide.locator("svod-drawer dialog")
    drawer.locator("[name=note]").fill("остаётся")
    drawer.locator("[type=submit]").click()
    expect(drawer.locator(".sv-error")).to_be_visible()
    expect(drawer.locator("[name=note]")).to_have_value("остаётся")
    guide.evaluate("addEventListener('svod:saved', e => window.told = e.detail.name)")
    drawer.locator("[name=name]").fill("SU 1402")
    drawer.locator("[type=submit]").click()
    expect(drawer).to_be_hidden()
    expect(guide.locator(".sv-toast[data-level=success]")).to_contain_text("Сохранено")
    assert guide.evaluate("window.told") == "SU 1402"


def test_server_moves_the_page_and_the_toast_comes_along(guide: Page) -> None:
    guide.locator("#open-moving").click()
    guide.locator("svod-drawer [name=name]").fill("SU 1402")
    guide.locator("svod-drawer [type=submit]").click()
    expect(guide.locator(".sv-toast")).to_contain_text("Перешли на страницу")
    expect(guide.locator("svod-drawer dialog")).to_be_hidden()
    guide.locator("#open-dialog").click()
    expect(guide.locator("svod-dialog form")).to_be_visible()


def test_panel_that_does_not_load_says_so_and_tries_again(
    guide: Page, complaints: Complaints
) -> None:
    guide.locator("#open-broken").click()
    drawer = guide.locator("svod-drawer dialog")
    expect(drawer.get_by_role("alert")).to_contain_text("Ошибка на сервере")
    expect(drawer.get_by_role("button", name="Повторить")).to_be_focused()
    guide.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    complaints.expect("status of 500")


# --- failures ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "Ошибка на сервере"),
        (403, "нет на это прав"),
        (413, "большой"),
        (429, "много запросов"),
    ],
)
def test_failed_request_keeps_the_page_and_tells(
    guide: Page, complaints: Complaints, status: int, words: str
) -> None:
    guide.locator("#sample [name=name]").fill("не потерять")
    guide.locator(f"#fail-{status}").click()
    expect(guide.locator(".sv-toast[data-level=error]")).to_contain_text(words)
    expect(guide.locator("#sample [name=name]")).to_have_value("не потерять")
    expect(guide.get_by_text("not for the page")).to_have_count(0)
    complaints.expect(f"status of {status}")


def test_lost_connection_keeps_the_form(guide: Page, complaints: Complaints) -> None:
    guide.locator("#sample [name=name]").fill("не потерять")
    guide.context.set_offline(True)
    guide.locator("#sample [type=submit]").click()
    lost = guide.locator(".sv-toast[data-level=error]").filter(has_text="Нет связи")
    expect(lost.first).to_be_visible()
    expect(guide.locator("#sample [name=name]")).to_have_value("не потерять")
    guide.context.set_offline(False)
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    complaints.expect("Failed to fetch")


def test_expired_session_leads_to_sign_in_and_back(guide: Page, portal: str) -> None:
    guide.evaluate("document.querySelector('#open-dialog').href = '/profile/'")
    guide.context.clear_cookies()
    guide.locator("#open-dialog").click()
    guide.wait_for_url("**/sign-in/?next=*")
    assert guide.url.endswith("next=%2F_styleguide%2F")


def test_confirmation_guards_htmx_and_plain_buttons(guide: Page) -> None:
    guide.locator("#ask-htmx").click()
    question = guide.get_by_role("alertdialog")
    expect(question).to_contain_text("Отправить письмо всем?")
    question.get_by_role("button", name="Отмена").click()
    expect(guide.locator(".sv-toast")).to_have_count(0)
    guide.locator("#ask-htmx").click()
    question.get_by_role("button", name="Отправить").click()
    expect(guide.locator(".sv-toast")).to_contain_text("success")


# --- preferences --------------------------------------------------------------------------


def test_theme_is_on_before_the_first_paint_of_the_next_page(guide: Page) -> None:
    before = guide.locator("html").get_attribute("data-bs-theme")
    after = "light" if before == "dark" else "dark"
    guide.locator(".sv-top-wide svod-theme button").click()
    expect(guide.locator("html")).to_have_attribute("data-bs-theme", after)
    guide.reload()
    expect(guide.locator("html")).to_have_attribute("data-bs-theme", after)


def test_system_theme_is_followed(page: Page, portal: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{portal}/sign-in/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_language_changes_and_stays(guide: Page) -> None:
    guide.locator(".sv-top").get_by_role("button", name="English").click()
    expect(guide.get_by_role("heading", level=1)).to_have_text("Components")
    guide.reload()
    expect(guide.locator("html")).to_have_attribute("lang", "en")
    russian = guide.locator(".sv-top").get_by_role("button", name="Русский")
    expect(russian).to_have_attribute("lang", "ru")


def test_menu_opens_and_closes_on_a_phone(guide: Page) -> None:
    guide.set_viewport_size(PHONE)
    menu = guide.locator("#menu")
    expect(menu).to_be_hidden()
    guide.locator(".sv-burger").click()
    expect(menu.get_by_role("link").nth(1)).to_be_visible()
    guide.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(guide.locator(".sv-burger")).to_be_focused()
    width = guide.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"], "the page scrolls sideways"


def test_narrow_menu_is_remembered(guide: Page) -> None:
    guide.locator("svod-rail button").click()
    guide.reload()
    box = guide.locator("#menu").bounding_box()
    assert box
    assert box["width"] < 80


def test_slash_goes_to_the_search(guide: Page) -> None:
    search = guide.locator("#global-search")
    if not search.count():
        pytest.fail("no page is named `search`")
    guide.keyboard.press("/")
    expect(search).to_be_focused()
    guide.locator("#sample [name=name]").press("/")
    expect(guide.locator("#sample [name=name]")).to_have_value("/")


# --- elements -----------------------------------------------------------------------------


def test_select_searches_on_the_server_and_fills_the_real_select(guide: Page) -> None:
    guide.locator("svod-select:has(#many) .ts-control").click()
    guide.keyboard.type("новос")
    guide.locator(".ts-dropdown .option", has_text="Новосибирск").click()
    chosen = guide.evaluate(
        "[...document.querySelector('#many').selectedOptions].map(o => o.value)"
    )
    assert chosen == ["Москва", "Казань", "Новосибирск"]


def test_select_works_inside_the_drawer(guide: Page) -> None:
    guide.locator("#open-drawer").click()
    guide.locator("svod-drawer .ts-control").click()
    guide.locator("svod-drawer .ts-dropdown .option", has_text="Йошкар-Ола").click()
    expect(guide.locator("svod-drawer select[name=city]")).to_have_value("Йошкар-Ола")


def test_rows_of_a_repeated_control(guide: Page) -> None:
    phones = guide.locator("#phones")
    phones.locator("[data-add]").click()
    expect(phones.locator("#phone_1")).to_be_focused()
    phones.locator("[data-remove]").first.click()
    expect(phones.locator("[name=phone]")).to_have_count(1)
    expect(phones.locator("#phone_1")).to_be_focused()


def test_rich_text_by_keyboard(guide: Page) -> None:
    editor = guide.locator("svod-rich .ProseMirror")
    editor.click()
    guide.keyboard.press("Control+a")
    guide.keyboard.type("Готово")
    guide.keyboard.press("Control+a")
    guide.keyboard.press("Shift+Tab")
    expect(guide.locator("svod-rich [data-tool=bold]")).to_be_focused()
    guide.keyboard.press("ArrowRight")
    guide.keyboard.press("Enter")
    expect(guide.locator("#rich")).to_have_value("<p><em>Готово</em></p>")


def test_map_by_click_and_by_typing(guide: Page) -> None:
    marker = guide.locator(".sv-pin")
    before = marker.bounding_box()
    guide.locator(".sv-map").click(position={"x": 200, "y": 60})
    assert marker.bounding_box() != before
    assert guide.locator("#lat").input_value() != "55.751244"
    guide.locator("#lat").fill("200")
    expect(marker).to_have_count(0)
    guide.locator("#lat").fill("43,1")
    expect(marker).to_have_count(1)


def test_upload_shows_what_the_server_says(guide: Page, tmp_path: Path) -> None:
    good, bad, large = tmp_path / "акт.pdf", tmp_path / "virus.exe", tmp_path / "video.mp4"
    good.write_bytes(b"%PDF-1.4")
    bad.write_bytes(b"MZ")
    large.write_bytes(b"0" * 1_200_000)
    files = guide.locator("#files")
    files.locator("input[type=file]").set_input_files([good, bad, large])
    expect(files.get_by_text("Файлы этого вида не принимаются.")).to_be_visible()
    expect(files.locator(".sv-failed", has_text="video.mp4")).to_contain_text("больше 1 МБ")
    expect(files.locator("input[type=hidden]")).to_have_count(2)
    files.get_by_role("button", name="Переместить выше: акт.pdf").click()
    assert files.locator("input[type=hidden]").last.get_attribute("value") == "100"
    files.get_by_role("button", name="Убрать: Договор поставки.pdf").click()
    expect(files.locator("input[type=hidden]")).to_have_count(1)


def test_order_by_keyboard_is_posted_and_announced(guide: Page, complaints: Complaints) -> None:
    handle = guide.get_by_role("button", name="Переместить: Сумма")
    handle.focus()
    with guide.expect_request("**/order/") as sent:
        guide.keyboard.press("Alt+ArrowUp")
    assert sent.value.post_data == "ids=2&ids=1&ids=3"
    expect(handle).to_be_focused()
    expect(guide.locator("#order [aria-live]")).to_have_text("Перемещено на место 1 из 3")
    guide.get_by_role("button", name="Переместить: Ответственный").focus()
    guide.keyboard.press("Alt+ArrowUp")
    guide.keyboard.press("Alt+ArrowUp")
    expect(guide.locator(".sv-toast[data-level=error]")).to_be_visible()
    complaints.expect("status of 403")


def test_tree_remembers_what_is_closed(guide: Page) -> None:
    toggle = guide.get_by_role("button", name="Показать вложенные: Дирекция")
    toggle.click()
    expect(guide.get_by_role("link", name="Продажи")).to_be_hidden()
    guide.reload()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.press("ArrowRight")
    expect(guide.get_by_role("link", name="Продажи")).to_be_visible()


def test_job_polls_itself(guide: Page) -> None:
    count = guide.locator(".sv-job-count").first
    before = count.inner_text()
    expect(count).not_to_have_text(before, timeout=5000)


def test_tabs_by_arrow_keys(guide: Page) -> None:
    guide.get_by_role("tab", name="Общее").focus()
    guide.keyboard.press("ArrowRight")
    expect(guide.get_by_role("tab", name="История")).to_be_focused()
    expect(guide.get_by_role("tabpanel")).to_have_text("Кто что менял")
