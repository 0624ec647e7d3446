"""A-41 in a browser: whatever customers write, nothing runs, asks elsewhere or breaks the policy.

The fixture `page` fails the test on any report of the policy and any error of a script.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Page, Request, expect

from openlines.chat_channels.base import Inbound
from openlines.models import Channel
from openlines.services.inbox import take_in
from openlines.services.lines import create_channel, create_line, set_members
from staff.models import Employee
from tests.contract.xss import CORPUS

#: As the window's own script sends, under the secret that it made.
WRITE = """async ([base, texts]) => {
  const name = Object.keys(localStorage).find(one => one.startsWith("svod-visitor"));
  const headers = { "X-Svod-Visitor": localStorage.getItem(name) };
  for (const [number, text] of texts.entries()) {
    const body = new FormData();
    body.set("text", text);
    body.set("key", String(number));
    const answer = await fetch(`${base}messages/`, { method: "POST", body, headers });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  }
}"""


def evil_talk(anna: Employee) -> tuple[int, Channel]:
    """A conversation of forty evil messages by a customer whose every fact is evil."""
    boss = Employee.objects.create_superuser("boss", "boss@svod.example", "x")
    line = create_line(actor=boss, name=CORPUS[2][:200])
    set_members(line, [anna], [boss], actor=boss)
    title = {"title": CORPUS[0][:80], "color": CORPUS[5][:20]}
    channel = create_channel(line, "web", CORPUS[35][:200], actor=boss, settings=title)
    facts = dict.fromkeys(("name", "phone", "email", "page", "nick"), CORPUS[35])
    for number, evil in enumerate(CORPUS):
        inbound = Inbound("c", str(number), evil, facts=facts, subject=evil)
        message = take_in(channel, inbound)
    return message.conversation_id, channel


def test_nothing_that_a_customer_wrote_runs(
    page: Page, portal: str, sign_in: Any, employee: Employee
) -> None:
    talk, channel = evil_talk(employee)
    dialogs: list[str] = []
    outside: list[str] = []

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != urlsplit(portal).netloc:
            outside.append(request.url)

    def opened(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("request", asked)
    page.on("dialog", opened)
    sign_in(page, employee)
    page.goto(f"{portal}/chat/{talk}/")
    expect(page.locator(".sv-said.is-customer")).to_have_count(len(CORPUS))
    page.goto(f"{portal}/chat/w/{channel.token}/")
    page.evaluate(WRITE, [f"/chat/w/{channel.token}/", list(CORPUS[:25])])
    page.reload()
    expect(page.locator("#talk .cw-mine")).to_have_count(25)
    assert dialogs == []
    assert outside == []
