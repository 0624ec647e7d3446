"""Two writers, a draft, the history and the feed in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lists_core.models import ElementDraft
from lists_core.schema.cache import schema_of
from lists_core.services.elements import update_element
from tests.e2e.conftest import SignIn
from tests.lists_core.element_world import World, make_world

Axe = Callable[..., None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(page: Page, portal: str, sign_in: SignIn) -> World:
    made = make_world()
    made.add("Ель", PRICE=5, NOTE="было")
    sign_in(page, made.anna)
    page.goto(portal + made.list.get_absolute_url())
    return made


def petr_writes(world: World, **values: object) -> None:
    row = schema_of(world.list).model.objects.get(name="Ель")
    update_element(world.list.pk, row.pk, values, version=row.version, actor=world.petr)


def test_merged_then_compared_and_brought_back(page: Page, world: World, axe: Axe) -> None:
    """Anna and Petr write to different fields; Anna then brings a value of his back."""
    page.get_by_role("link", name="Ель", exact=True).click()
    panel = page.locator("svod-drawer dialog[open]")
    panel.get_by_role("link", name="Изменить").click()
    panel.locator("#id_NOTE").fill("текст Анны")
    petr_writes(world, PRICE=9)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Сохранено вместе с тем, что изменил(а)")).to_be_visible()
    schema = schema_of(world.list)
    row = schema.model.objects.get(name="Ель")
    assert (schema["NOTE"].read(row), schema["PRICE"].read(row)) == ("текст Анны", 9)

    page.goto(page.url + f"elements/{row.pk}/history/")
    panel = page.locator("svod-element")
    panel.get_by_role("checkbox", name="Версия 1").check()
    axe(page)
    panel.get_by_role("button", name="Сравнить версии").click()
    both = panel.locator(".sv-compare")
    expect(both).to_contain_text("текст Анны")
    expect(both).to_contain_text("было")
    axe(page)
    panel.get_by_role("button", name="Вернуть прежнее значение поля «Price»").click()
    expect(page.get_by_text("Прежнее значение возвращено.")).to_be_visible()
    row.refresh_from_db()
    assert (schema["NOTE"].read(row), schema["PRICE"].read(row)) == ("текст Анны", 5)

    page.goto(page.url.split("elements/")[0] + "feed/")
    expect(page.locator(".sv-feed-entry")).to_have_count(4)
    axe(page)
    page.get_by_role("checkbox", name="Создан").check()
    expect(page.locator(".sv-feed-entry")).to_have_count(1)


def test_a_form_that_was_left_is_brought_back(page: Page, world: World, axe: Axe) -> None:
    page.get_by_role("link", name="Добавить элемент").click()
    panel = page.locator("svod-drawer dialog[open]")
    panel.locator("#id_NAME").fill("Сосна")
    panel.locator("#id_PRICE").fill("много")
    page.keyboard.press("Escape")
    asked = page.get_by_role("alertdialog")
    with page.expect_request(lambda request: request.url.endswith("/add/draft/")):
        asked.get_by_role("button").last.click()
    page.wait_for_function("() => !document.querySelector('svod-drawer dialog[open]')")

    page.get_by_role("link", name="Добавить элемент").click()
    offer = panel.locator(".sv-draft")
    expect(offer).to_contain_text("не сохранили")
    axe(page)
    offer.get_by_role("link", name="Восстановить черновик").click()
    expect(panel.locator("#id_NAME")).to_have_value("Сосна")
    expect(panel.locator("#id_PRICE")).to_have_value("много")
    panel.locator("#id_PRICE").fill("7")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("link", name="Сосна", exact=True)).to_be_visible()
    assert not ElementDraft.objects.exists()
