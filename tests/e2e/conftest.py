"""A live portal and a browser that does not forgive: console errors and CSP fail a test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from staff import reauth
from staff.models import Employee
from tests import chromium

# Playwright's synchronous calls run inside an event loop, in which Django refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Two cores serve the portal, the database and the browser: slow is not wrong.
expect.set_options(timeout=15_000)

ROOT = Path(__file__).resolve().parents[2]
AXE = files("axe_playwright_python") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SignIn = Callable[[Page, Employee], None]
# Colours change over a moment; a contrast measured in the middle of it is nobody's. Bounded,
# for `finished` of an animation whose element htmx replaces meanwhile may never come, and
# Playwright waits for `evaluate` without end: that once stopped the whole CI for an hour.
# What has just been changed begins to move a frame later, and what inherits a colour begins when
# its parent has come to rest: so three frames on end in which nothing moves.
SETTLED = """() => Promise.race([
  new Promise(done => setTimeout(done, 3000)),
  (async () => {
    for (let still = 0; still < 3; ) {
      await new Promise(done => requestAnimationFrame(done));
      const moves = document.getAnimations().some(one => one.playState === "running"
        && one.effect.getTiming().iterations !== Infinity);
      still = moves ? 0 : still + 1;
    }
  })()])"""
AXE_RUN = """([where, how]) => Promise.race([
  axe.run(where, how),
  new Promise((_done, fail) => setTimeout(() => fail(new Error("axe took 60 s")), 60000))])"""


def settled(page: Page) -> None:
    """Wait until what moves on the page has come to rest, three seconds at most."""
    page.evaluate(SETTLED)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session", autouse=True)
def front_end() -> None:
    """The built scripts and styles; built here when somebody runs a test on a fresh clone."""
    if not (ROOT / "static" / "dist" / "main.js").exists():
        build = [sys.executable, "svod/frontend.py", "run", "--silent", "build"]
        subprocess.run(build, cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium.path(), "args": chromium.FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "viewport": {"width": 1440, "height": 900},
        "locale": "ru-RU",
        "timezone_id": "Europe/Moscow",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def portal(live_server: Any, settings: Any) -> str:
    """The address of a running portal that also serves `/_styleguide/`."""
    settings.ROOT_URLCONF = "tests.e2e.urls"
    return str(live_server.url)


class Complaints(list[str]):
    """What the browser complained about; `expect` takes away what a test provokes."""

    def expect(self, part: str) -> None:
        assert any(part in line for line in self), f"nobody complained about {part!r}: {self}"
        self[:] = [line for line in self if part not in line]


@pytest.fixture
def complaints() -> Complaints:
    return Complaints()


@pytest.fixture
def page(context: BrowserContext, complaints: Complaints) -> Iterator[Page]:
    """A page of which every console error, CSP violation and script error fails the test."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    yield page
    page.close()
    assert not complaints


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


def note(complaints: Complaints, message: ConsoleMessage) -> None:
    # A form with errors (422) and a conflict (409) are answers, not failures.
    if re.search(r"responded with a status of (409|422) ", message.text):
        return
    if message.type == "error" or "Content Security Policy" in message.text:
        complaints.append(f"console: {message.text} ({message.location.get('url')})")


@pytest.fixture
def sign_in(portal: str) -> SignIn:
    """`sign_in(page, employee)`: a session cookie, without the sign-in form."""

    def sign(page: Page, employee: Employee) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(employee.pk)
        session[BACKEND_SESSION_KEY] = "staff.backends.EmployeeBackend"
        session[reauth.KEY] = timezone.now().timestamp()
        session[HASH_SESSION_KEY] = employee.get_session_auth_hash()
        session.set_expiry(timedelta(hours=1))
        session.save()
        value = str(session.session_key)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": portal}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    return sign


@pytest.fixture
def employee(db: None) -> Employee:
    """An employee with every field the shell shows."""
    return Employee.objects.create_user(
        "anna", "anna@svod.example", "secret-phrase-1",
        last_name="Иванова", first_name="Анна", position="Руководитель продаж",
    )  # fmt: skip


@pytest.fixture
def axe() -> Callable[..., None]:
    """`axe(page)`: no violation of WCAG 2.2 A and AA, in the whole page or in a selector."""

    def check(page: Page, within: str = "html") -> None:
        # Evaluated by the debugger, so the page's policy stays as it is; half a megabyte, so once.
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text())
        options = {"runOnly": RULES, "resultTypes": ["violations"]}
        found = page.evaluate(AXE_RUN, [within, options])
        assert not found["violations"], explain(found["violations"])

    return check


def explain(violations: list[dict[str, Any]]) -> str:
    lines = []
    for rule in violations:
        lines.append(f"{rule['id']}: {rule['help']}")
        lines += [f"  {node['target']} {node['failureSummary']}" for node in rule["nodes"][:6]]
    return "\n".join(lines)
