"""A visitor of a site on another origin and an operator at their desk, each in a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Frame, Page, Route, expect

from openlines.models import Channel, Conversation, Customer, Line
from openlines.services import recognition
from staff.models import Employee, WorkCalendar
from svod.base.live import _sender
from tests.crm_link.crm_world import administrator, crm
from tests.e2e.chat_steps import (
    closed_under_the_hands,
    has_fresh_addresses,
    is_there_in_another_tab,
    shot,
    told_how_to_be_reached,
)
from tests.e2e.conftest import Complaints, note
from tests.openlines.chat_world import Chat, chat_of
from tests.web_server import web_server

AT_MOST_MS = 2_000
pytestmark = pytest.mark.django_db(transaction=True)
#: When a message came into a page, by its own clock.
WATCH = """words => {
  window.seen = new Promise(done => {
    const look = () => document.body.textContent.includes(words) && done(Date.now());
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  });
}"""
ASK = "() => document.body.dispatchEvent(new CustomEvent('chat:customer'))"
TOLD = """() => {
  window.told = new Promise(done => document.body.addEventListener("chat:customer", done));
}"""
LISTEN = """() => {
  const start = OscillatorNode.prototype.start;
  window.tones = 0;
  OscillatorNode.prototype.start = function (...when) {
    window.tones += 1;
    return start.apply(this, when);
  };
}"""
DROPPED = """() => {
  const given = new DataTransfer();
  given.items.add(new File(["1 2 3"], "смета.txt", { type: "text/plain" }));
  return given;
}"""
SEND = """words => {
  const box = document.querySelector("[data-talk-say] textarea");
  box.value = words;
  box.form.requestSubmit();
  return Date.now();
}"""


@pytest.fixture(autouse=True)
def portal(free_port: int, settings: Any) -> Iterator[str]:
    with web_server(free_port) as server:
        settings.LIVE_REDIS_URL = server.redis.url
        yield server.url
        _sender(server.redis.url).client.close()


class Site(BaseHTTPRequestHandler):
    """A shop's page that loads the portal's script, under a strict policy of its own."""

    portal = ""
    token = ""

    def do_GET(self) -> None:
        script = f'<script async src="{self.portal}/chat/w/{self.token}/chat.js"></script>'
        page = f"<!doctype html><html lang=ru><title>Камень</title><h1>Магазин</h1>{script}"
        policy = f"default-src 'none'; script-src {self.portal}; frame-src {self.portal}; "
        policy += "style-src 'none'; img-src 'self'"
        self.send_response(200 if self.path.startswith("/slabs") else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site(portal: str) -> Iterator[str]:
    """The address of the shop, another origin than the portal's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Site.portal = portal
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def world(site: str) -> Chat:
    boss = administrator()
    crm(boss)
    made = chat_of(boss, leads="unknown", queue="strictly")
    Channel.objects.update(settings={"origins": site})
    Site.token = made.channel.token
    return made


@pytest.fixture
def visitor(
    browser: Browser, browser_context_args: dict[str, Any], complaints: Complaints
) -> Iterator[Page]:
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.add_init_script("delete Crypto.prototype.randomUUID")  # as on a site of plain http
    page.set_default_timeout(30_000)
    page.on("console", lambda message: note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    yield page
    context.close()


def window(page: Page, portal: str) -> Frame:
    """The chat window in the shop's page, opened if it is not."""
    button = page.get_by_role("button", name="Чат")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    frame = page.wait_for_selector("iframe").content_frame()
    assert frame is not None
    frame.wait_for_url(f"{portal}/chat/w/**")
    return frame


def write(frame: Frame, words: str) -> None:
    box = frame.get_by_placeholder("Напишите сообщение")
    box.fill(words)
    box.press("Enter")


def look_up() -> None:
    """What the worker does every second."""
    while recognition.look():
        pass


def found_while_asked(page: Page) -> None:
    """The lead is made while the page waits for a customer's card without one."""
    asked: list[tuple[Route, Any]] = []
    page.wait_for_url("**/chat/*/**")
    page.route("**/customer/", lambda route: asked.append((route, route.fetch())), times=1)
    page.evaluate(ASK)
    while not asked:
        page.wait_for_timeout(20)
    page.evaluate(TOLD)
    look_up()
    page.evaluate("() => window.told")
    route, before = asked[0]
    route.fulfill(response=before)


Axe = Callable[..., None]


def begins(page: Page, visitor: Page, portal: str, site: str, axe: Axe) -> Frame:
    """It comes by itself to the desk of the supervisor, and its lead beside it."""
    page.goto(f"{portal}/chat/?box=others")
    visitor.goto(f"{site}/slabs?utm_source=yandex")
    frame = window(visitor, portal)
    write(frame, "Есть мрамор?")
    page.get_by_role("link", name="Есть мрамор?").click()
    found_while_asked(page)
    link = page.locator("#chat-customer").get_by_role("link", name="Сайт: Клиент")
    lead = Customer.objects.get().lead_id
    expect(link).to_have_attribute("href", f"/crm/lead/{lead}/")
    axe(page, "svod-chat-desk")
    shot(page, "chat-desk")
    shot(visitor, "chat-site")
    return frame


def handed_over(page: Page, to: Employee) -> None:
    """Taken and transferred by keys alone."""
    page.keyboard.press("t")
    expect(page.get_by_label("Ответ", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.get_by_label("Кому").select_option(str(to.pk))
    page.get_by_role("button", name="Передать", exact=True).click()
    page.wait_for_url("**/chat/")
    assert Conversation.objects.get().operator == to


def answered(page: Page, frame: Frame) -> None:
    """Measured by the clocks of both pages, which are the same machine's."""
    frame.evaluate(WATCH, "Есть, два слэба")
    sent = page.evaluate(SEND, "Есть, два слэба")
    took = frame.evaluate("() => window.seen") - sent
    print(f"an answer reached the visitor in {took} ms")
    assert took < AT_MOST_MS
    expect(page.locator(".sv-said.is-operator")).to_contain_text("прочитано")  # it was open
    write(frame, "Беру оба")
    expect(page.locator(".sv-talk-messages")).to_contain_text("Беру оба")


def told_behind_the_button(page: Page, visitor: Page, portal: str) -> Frame:
    """Whoever closed the window and went on hears of an answer, and has not read it yet."""
    button, said = visitor.get_by_role("button", name="Чат"), page.locator(".sv-said.is-operator")
    button.click()
    visitor.reload()
    page.evaluate(SEND, "Отложил для вас")
    expect(button).to_have_text("1")
    expect(said.last).to_contain_text("отправлено")
    frame = window(visitor, portal)
    expect(said.last).to_contain_text("прочитано")
    expect(button).to_have_text("0")
    return frame


def closed_and_voted(page: Page, frame: Frame) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_role("button", name="Закрыть диалог").click()
    frame.get_by_role("button", name="5 из 5").click()
    expect(frame.get_by_text("Спасибо!")).to_be_visible()
    frame.get_by_label("Что было хорошо, а что нет?").fill("Быстро ответили")
    frame.get_by_role("button", name="Отправить").first.click()
    expect(page.locator(".sv-talk-over")).to_contain_text("Быстро ответили")
    expect(frame.get_by_text("Спасибо!")).to_be_visible()
    expect(page.locator(".sv-talk-messages")).to_contain_text("Оценка клиента: 5 из 5")
    expect(page.locator(".sv-talk-over")).to_contain_text("5 из 5")
    assert Conversation.objects.get().state == "closed"


def left_a_question(visitor: Page, portal: str, site: str) -> None:
    """Nobody is there: the form wants a way to answer, and makes a lead."""
    later = [(timezone.localdate().isoweekday() + 2) % 7 + 1]
    Line.objects.update(calendar=WorkCalendar.objects.create(weekdays=later, country=""))
    visitor.context.clear_cookies()
    visitor.goto(f"{site}/slabs?utm_source=yandex")
    frame = window(visitor, portal)
    frame.evaluate("() => localStorage.clear()")  # another visitor
    visitor.reload()
    frame = window(visitor, portal)
    frame.get_by_placeholder("Ваш вопрос").fill("Перезвоните")
    frame.get_by_role("button", name="Отправить").first.click()
    expect(frame.get_by_role("alert")).to_contain_text("Оставьте телефон")
    about = frame.locator("#about")
    about.get_by_placeholder("Имя").fill("Ирина")
    about.get_by_placeholder("Телефон").fill("8 916 123-45-67")
    frame.get_by_role("button", name="Отправить").first.click()
    expect(frame.get_by_placeholder("Напишите сообщение")).to_be_visible()
    look_up()
    assert Customer.objects.get(name="Ирина").lead_id
    shot(visitor, "chat-site-offline")


def letters_and_drafts(page: Page, portal: str, axe: Axe) -> None:
    """Letters move between conversations, but not while one types; drafts stay."""
    page.goto(f"{portal}/chat/?box=mine")
    page.get_by_role("link", name="Ирина").click()
    box = page.get_by_label("Ответ", exact=True)
    box.fill("Черновик")
    box.press("j")
    expect(box).to_have_value("Черновикj")
    here = page.url
    box.press("Escape")
    page.keyboard.press("k")
    page.wait_for_url(lambda url: url != here)
    expect(box).to_have_value("")
    box.press("Escape")
    page.keyboard.press("j")
    page.wait_for_url(here)
    expect(box).to_have_value("Черновикj")
    box.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Следующий диалог")
    axe(page, "dialog[open]")
    shot(page, "chat-keys")
    page.keyboard.press("Escape")


def typed_on_the_way(page: Page) -> None:
    """What is typed while an answer is sent is kept, and what was refused returns before it."""
    box, said = page.get_by_label("Ответ", exact=True), page.locator(".sv-said.is-operator")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/say/", hold)
    box.fill("Добрый день")
    with page.expect_request("**/say/"):
        box.press("Enter")
    box.press_sequentially("Цена 120")
    held.pop().fulfill(status=409, json={"error": "Занято"})
    expect(box).to_have_value("Добрый день\nЦена 120")
    with page.expect_request("**/say/"):
        box.press("Enter")
    box.press_sequentially("Ждём")
    held.pop().continue_()
    expect(said.last).to_contain_text("Цена 120")
    expect(box).to_have_value("Ждём")
    page.unroute("**/say/")
    box.press("Enter")
    expect(said.last).to_contain_text("Ждём")
    expect(box).to_have_value("")


def searched_while_news_come(page: Page, world: Chat) -> None:
    """They redraw the list, and take neither the words nor the focus nor the mark of the open."""
    customer = Customer.objects.get(name="Ирина").external_id
    find = page.get_by_role("searchbox", name="Поиск по диалогам")
    rows = page.locator("[data-talk]")
    expect(rows).to_have_count(2)
    find.press_sequentially("перезв")
    expect(rows).to_have_count(1)
    find.press_sequentially("о")
    world.write("Перезвоните скорее", customer)
    expect(rows).to_contain_text("скорее")
    expect(find).to_have_value("перезво")
    expect(find).to_be_focused()
    expect(rows).to_have_attribute("aria-current", "true")


def files_are_dropped(page: Page) -> None:
    page.dispatch_event("svod-chat-desk", "drop", {"dataTransfer": page.evaluate_handle(DROPPED)})
    page.dispatch_event("svod-chat", "drop", {"dataTransfer": page.evaluate_handle(DROPPED)})
    expect(page.locator(".sv-talk-picked")).to_have_text("смета.txt×")
    page.get_by_label("Ответ", exact=True).press("Enter")
    said = page.locator(".sv-said.is-operator").last
    expect(said.get_by_role("link", name="смета.txt")).to_be_visible()
    expect(page.locator(".sv-talk-picked")).to_have_count(0)


def another_is_heard(page: Page, world: Chat) -> None:
    """A sound for what is not looked at, and the number of those who wait in the title."""
    page.evaluate(LISTEN)
    world.write("Есть гранит?", "c2")
    page.wait_for_function("() => window.tones > 0")
    expect(page).to_have_title("(1) Ирина · Чаты · Свод")


def the_connection_goes_and_returns(page: Page) -> None:
    banner = page.locator("[data-desk-lost]")
    page.context.set_offline(True)
    expect(banner).to_contain_text("Нет связи с порталом")
    page.context.set_offline(False)
    expect(banner).to_contain_text("Связь восстановлена")


def on_a_phone(page: Page, axe: Axe) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#chat-customer")).to_be_hidden()
    page.get_by_role("button", name="Клиент", exact=True).click()
    expect(page.locator("#chat-customer")).to_contain_text("8 916 123-45-67")
    axe(page, "svod-chat-desk")
    shot(page, "chat-customer-phone")
    page.get_by_role("button", name="Назад к диалогу").click()
    expect(page.get_by_label("Ответ", exact=True)).to_be_visible()
    expect(page.locator(".sv-said").last).to_be_in_viewport(ratio=1)
    shot(page, "chat-talk-phone")


def test_a_visitor_writes_and_operators_answer(
    page: Page, visitor: Page, portal: str, site: str, world: Chat,
    sign_in: Callable[..., None], axe: Axe,
) -> None:  # fmt: skip
    page.set_default_timeout(30_000)
    sign_in(page, world.boss)
    frame = begins(page, visitor, portal, site, axe)
    handed_over(page, world.petr)
    sign_in(page, world.petr)  # the same desk
    page.goto(f"{portal}/chat/{Conversation.objects.get().pk}/")
    answered(page, frame)
    told_how_to_be_reached(page, visitor, frame)
    has_fresh_addresses(frame)
    visitor.reload()  # it is found where it was
    frame = window(visitor, portal)
    expect(frame.get_by_text("Есть, два слэба")).to_be_visible()
    expect(frame.get_by_text("Беру оба")).to_be_visible()
    frame = told_behind_the_button(page, visitor, portal)
    closed_and_voted(page, frame)
    left_a_question(visitor, portal, site)
    world.write("Второй", "c2")
    sign_in(page, world.anna)
    letters_and_drafts(page, portal, axe)
    typed_on_the_way(page)
    searched_while_news_come(page, world)
    files_are_dropped(page)
    another_is_heard(page, world)
    the_connection_goes_and_returns(page)
    is_there_in_another_tab(page)
    on_a_phone(page, axe)
    closed_under_the_hands(page, world)
