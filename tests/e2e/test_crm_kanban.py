"""The board of deals in two browsers: by mouse, by keyboard, what a stage asks for, live."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urljoin

import pytest
from moneyed import Money
from playwright.sync_api import Locator, Page, Route, expect

from crm_link.models import Submission, Visit, WebForm
from crm_link.services.stages import set_required
from crm_link.services.web_forms import save_web_form
from lists_core.access import ROLES
from lists_core.models import Field, List
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.live import _sender
from tests.crm_link.crm_world import crm, item, stage
from tests.e2e.conftest import SignIn
from tests.web_server import web_server

pytestmark = pytest.mark.django_db(transaction=True)
MOVES = re.compile(r"/kanban/cards/\d+/move/")
RELOAD = "void document.querySelector('svod-board').reload()"


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


def lane(page: Page, code: str, kind: str = "deal") -> Locator:
    return page.locator(f"#lane-{stage(kind, code).pk}")


def card(page: Page, name: str) -> Locator:
    return page.locator(".sv-card", has=page.get_by_role("link", name=name, exact=True))


def drag(page: Page, what: Locator, to: Locator) -> None:
    """By the mouse, in steps, as a hand does it."""
    carry(page, what, to)
    page.mouse.up()


def carry(page: Page, what: Locator, to: Locator) -> None:
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] - 60, start["y"] + start["height"] - 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 120, steps=12)
    page.mouse.move(end["x"] + 80, end["y"] + 140, steps=4)


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
    sorted_by_the_amount(second)
    ordered_on_a_site(second, employee)
    added_at_the_top(page)
    moved_at_once(page)
    taken_on_by_keys(page)
    kept_in_the_hand(page)
    asked_what_it_became(page, employee)


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
    """The stage asks for the amount first, and the card is back in its lane meanwhile; the menu
    moves too, and what is wrong is told in the dialog."""
    drag(page, card(page, "Камин"), lane(page, "EXECUTING"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Камин")
    expect(lane(page, "NEW").locator(".sv-card")).to_have_count(1)
    page.keyboard.press("Escape")
    card(page, "Камин").locator(".sv-card-more").click()
    name = lane(page, "EXECUTING").get_attribute("data-name") or ""
    page.locator("#card-menu").get_by_role("menuitem", name=name).click()
    dialog.locator(".btn-primary").click()
    expect(dialog).to_contain_text("Обязательное поле")
    dialog.locator("input[name^=AMOUNT]").fill("70000")
    dialog.locator(".btn-primary").click()
    expect(lane(page, "EXECUTING").locator(".sv-card")).to_have_count(1)
    expect(lane(page, "EXECUTING").locator("[data-lane-sums]")).to_contain_text("70")


def sorted_by_the_amount(page: Page) -> None:
    """Chosen above the board, it stays when the board is loaded anew."""
    names = lane(page, "PREPARATION").locator(".sv-card-title")
    expect(names).to_have_text(["Лестница", "Кухня"])
    page.locator("[data-list-sort]").select_option("AMOUNT")
    expect(names).to_have_text(["Кухня", "Лестница"])
    page.reload()
    expect(names).to_have_text(["Кухня", "Лестница"])
    expect(page.locator("[data-list-sort]")).to_have_value("AMOUNT")


def ordered_on_a_site(page: Page, owner: Employee) -> None:
    """The script that a shop includes: a form in a frame, a visit, and a lead that knows both."""
    fields = [{"code": code, "label": code, "required": True} for code in ("LAST_NAME", "PHONE")]
    made = WebForm(name="Заявка", owner=owner, fields=fields, visits=True, min_seconds=0)
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        made.origins = [f"http://127.0.0.1:{server.server_port}"]
        Shop.script = urljoin(page.url, f"/f/{save_web_form(made, actor=owner).token}/form.js")
        order(page, f"{made.origins[0]}/order?utm_source=ya")
        server.shutdown()


class Shop(BaseHTTPRequestHandler):
    """A page that includes the script, and nothing else of the portal."""

    script = ""

    def do_GET(self) -> None:
        self.send_response(200 if self.path.startswith("/order") else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        script = f'<script src="{self.script}" data-consent="yes" data-title="Заявка"></script>'
        self.wfile.write(f"<!doctype html><html lang=ru><h1>Камины</h1>{script}".encode())

    def log_message(self, *_args: object) -> None:
        pass


def order(page: Page, address: str) -> None:
    with page.expect_response(re.compile("/visit/")):
        page.goto(address)
    frame = page.frame_locator('iframe[title="Заявка"]')
    frame.get_by_label("LAST_NAME").fill("Орлов")
    frame.get_by_role("button").click()
    expect(frame.locator(".wf-error")).to_be_visible()
    frame.get_by_label("PHONE").fill("8 495 123-45-67")
    frame.get_by_role("button").click()
    expect(frame.get_by_role("status")).to_contain_text("Спасибо")
    sent = Submission.objects.get()
    assert (sent.marks, sent.page) == ({"utm_source": "ya"}, address)
    assert Visit.objects.get().visitor == sent.visitor


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


def moved_at_once(page: Page) -> None:
    """The first move is slow: neither the second nor a board drawn anew takes its place."""
    first = held(page)
    with page.expect_request(MOVES):
        drag(page, card(page, "Кухня"), lane(page, "PREPAYMENT_INVOICE"))
    page.evaluate(RELOAD)
    drag(page, card(page, "Лестница"), lane(page, "PREPAYMENT_INVOICE"))
    first.pop().continue_()
    expect(lane(page, "PREPAYMENT_INVOICE").locator("[data-lane-sums]")).to_contain_text("350")
    expect(lane(page, "PREPARATION").locator("[data-lane-count]")).to_have_text("0")


def taken_on_by_keys(page: Page) -> None:
    """Over two lanes, before the first has answered."""
    first = held(page)
    card(page, "Подоконник").locator(".sv-card-title").focus()
    with page.expect_request(MOVES):
        page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    first.pop().continue_()
    expect(lane(page, "PREPAYMENT_INVOICE").locator("[data-lane-count]")).to_have_text("3")
    expect(card(page, "Подоконник").locator(".sv-card-more")).to_be_focused()


def kept_in_the_hand(page: Page) -> None:
    """A board that was on its way comes while the card is carried, and one more is wanted."""
    carry(page, card(page, "Лестница"), lane(page, "PREPARATION"))
    page.evaluate("document.querySelector('svod-board').go('?')")
    page.evaluate(RELOAD)
    expect(page.locator(".sv-card-carried")).to_have_count(1)
    end = lane(page, "PREPARATION").bounding_box()
    assert end
    page.mouse.move(end["x"] + 90, end["y"] + 150, steps=4)
    page.mouse.up()
    expect(page.locator(".sv-card-carried")).to_have_count(0)
    expect(lane(page, "PREPARATION").locator("[data-lane-sums]")).to_contain_text("250")


def asked_what_it_became(page: Page, owner: Employee) -> None:
    """A lead that is put on success, on the board and in its card, is offered for conversion."""
    lead, dialog = item("lead", owner, "Окна"), page.get_by_role("dialog")
    page.goto(urljoin(page.url, "/crm/lead/kanban/"))
    card(page, "Окна").locator(".sv-card-more").click()
    name = lane(page, "CONVERTED", "lead").get_attribute("data-name") or ""
    page.locator("#card-menu").get_by_role("menuitem", name=name, exact=True).click()
    expect(dialog.locator(".crm-convert")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(urljoin(page.url, f"/crm/lead/{lead.pk}/"))
    page.locator(".crm-step-end a").click()
    dialog.locator(".crm-end").first.click()
    dialog.locator(".crm-convert .btn-primary").click()
    expect(page).to_have_url(re.compile("/crm/deal/"))


def held(page: Page) -> list[Route]:
    """The next move, until it is told to go on."""
    routes: list[Route] = []
    page.route(MOVES, lambda route: routes.append(route), times=1)  # noqa: PLW0108 - no builtins
    return routes
