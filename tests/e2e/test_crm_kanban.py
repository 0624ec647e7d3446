"""The board of deals in two browsers: by mouse, by keyboard, what a stage asks for, live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from moneyed import Money
from playwright.sync_api import Browser, Locator, Page, expect

from crm_link.services.stages import set_required
from lists_core.access import ROLES
from lists_core.models import Field, List
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.live import _sender
from tests.crm_link.crm_world import crm, item, stage
from tests.e2e.conftest import Complaints, SignIn, note
from tests.web_server import web_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)  # set up first, so that it ends after the browsers
def portal(free_port: int, settings: Any) -> Iterator[str]:
    """Granian instead of the tests' own server, for live news need ASGI."""
    with web_server(free_port) as server:
        settings.LIVE_REDIS_URL = server.redis.url
        yield server.url
        _sender(server.redis.url).client.close()


@pytest.fixture
def deals(portal: str, employee: Employee) -> List:
    """Three deals on the first stage; the stage in work asks for the amount."""
    employee.is_superuser = True
    employee.save()
    made = crm(employee)["deal"]
    amount = Field.objects.get(list=made, code="AMOUNT").pk
    set_required(stage("deal", "EXECUTING").pk, [amount], actor=employee)
    for name, sum_ in (("Кухня", 100_000), ("Лестница", 250_000), ("Камин", None)):
        money = {} if sum_ is None else {"AMOUNT": Money(Decimal(sum_), "RUB")}
        item("deal", employee, name, **money)
    return made


@pytest.fixture
def second(
    browser: Browser, browser_context_args: dict[str, Any], complaints: Complaints
) -> Iterator[Page]:
    """The browser of another person, as strict as the first."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    yield page
    context.close()


def lane(page: Page, code: str) -> Locator:
    return page.locator(f"#lane-{stage('deal', code).pk}")


def card(page: Page, name: str) -> Locator:
    return page.locator(".sv-card", has=page.get_by_role("link", name=name, exact=True))


def drag(page: Page, what: Locator, to: Locator) -> None:
    """By the mouse, in steps, as a hand does it."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] - 60, start["y"] + start["height"] - 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 120, steps=12)
    page.mouse.move(end["x"] + 80, end["y"] + 140, steps=4)
    page.mouse.up()


def test_deals_move_in_two_browsers(
    page: Page, second: Page, portal: str, deals: List, employee: Employee, sign_in: SignIn,
    axe: Callable[..., None],
) -> None:  # fmt: skip
    other = Employee.objects.create_user("petr", "petr@svod.example", "x", last_name="Петров")
    set_list_rights(deals.pk, {Subject("U", other.pk): ROLES["view"][1]}, actor=employee)
    for one, person in ((page, employee), (second, other)):
        sign_in(one, person)
        one.goto(f"{portal}/crm/deal/kanban/")
        expect(lane(one, "NEW").locator(".sv-card")).to_have_count(3)
    expect(second.locator(".sv-card-movable")).to_have_count(0)
    axe(page, ".sv-board-page")

    by_mouse(page)
    expect(lane(second, "PREPARATION").locator(".sv-card")).to_have_count(1)
    by_keyboard(page)
    asked_for(page)
    expect(lane(second, "EXECUTING").locator("[data-lane-sums]")).to_contain_text("70")
    expect(card(second, "Камин")).to_be_visible()
    added_at_the_top(page)


def by_mouse(page: Page) -> None:
    """To the next stage: numbers and sums of both follow."""
    drag(page, card(page, "Кухня"), lane(page, "PREPARATION"))
    to = lane(page, "PREPARATION")
    expect(to.locator(".sv-card")).to_have_count(1)
    expect(to.locator("[data-lane-sums]")).to_contain_text("100")
    expect(lane(page, "NEW").locator("[data-lane-count]")).to_have_text("2")


def by_keyboard(page: Page) -> None:
    """Alt and an arrow move the card in focus, which keeps the focus."""
    card(page, "Лестница").locator(".sv-card-title").focus()
    page.keyboard.press("Alt+ArrowRight")
    to = lane(page, "PREPARATION")
    expect(to.locator(".sv-card")).to_have_count(2)
    expect(to.locator("[data-lane-sums]")).to_contain_text("350")
    expect(card(page, "Лестница").locator(".sv-card-more")).to_be_focused()


def asked_for(page: Page) -> None:
    """The menu moves too; the stage asks for the amount first, and the card waits in its lane."""
    card(page, "Камин").locator(".sv-card-more").click()
    name = lane(page, "EXECUTING").get_attribute("data-name") or ""
    page.locator("#card-menu").get_by_role("menuitem", name=name).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Камин")
    expect(lane(page, "NEW").locator(".sv-card")).to_have_count(1)
    dialog.locator("input[name^=AMOUNT]").fill("70000")
    dialog.locator(".btn-primary").click()
    expect(lane(page, "EXECUTING").locator(".sv-card")).to_have_count(1)
    expect(lane(page, "EXECUTING").locator("[data-lane-sums]")).to_contain_text("70")


def added_at_the_top(page: Page) -> None:
    new = lane(page, "NEW")
    new.locator("[data-lane-add]").click()
    page.keyboard.type("Подо")
    with page.expect_response(lambda answer: "/kanban/" in answer.url):  # news come meanwhile
        page.evaluate("document.querySelector('svod-board').reload()")
    page.keyboard.type("конник")
    page.keyboard.press("Enter")
    expect(new.locator(".sv-card")).to_have_count(1)
    expect(card(page, "Подоконник")).to_be_visible()
