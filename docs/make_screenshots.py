"""The pictures of the README: `python docs/make_screenshots.py [http://127.0.0.1:8000]`.

The demo portal must be running (`make run`). Signs in as its administrator, like a person.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests import chromium  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
WHO = "admin@svod.example"
PASSWORD = "svod-demo-2026"  # noqa: S105 - the demo portal prints it at its start


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.locator("input[name=username]").fill(WHO)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button[type=submit], form button.btn-primary").first.click()
    page.locator(".sv-tiles").wait_for()


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)  # a drawer slides in
    page.screenshot(path=OUT / f"{name}.png")


def open_list(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_role("link", name=name).first.click()
    page.locator("[role=grid]").wait_for()


def pictures(page: Page) -> None:
    take(page, "start")
    open_list(page, "Города России")
    take(page, "grid")
    address = page.url
    page.locator("[role=grid] tbody a").first.click()
    page.locator("svod-drawer form, svod-drawer .sv-element, svod-drawer dialog").first.wait_for()
    take(page, "element")
    page.goto(address + "fields/")
    take(page, "designer")
    page.goto(address + "import/")
    take(page, "import")
    page.goto("/crm/deal/kanban/")
    take(page, "crm-board")
    page.goto("/crm/deal/list/")
    page.goto(page.locator("[role=grid] tbody a").first.get_attribute("href") or "/crm/")
    take(page, "crm-card")


def main(base: str) -> None:
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path(), args=chromium.FLAGS)
        for suffix, size, scheme in (("", DESKTOP, "light"), ("-dark", DESKTOP, "dark"),
                                     ("-phone", PHONE, "light")):  # fmt: skip
            context = browser.new_context(
                base_url=base, viewport=size, color_scheme=scheme, locale="ru-RU"
            )
            page = context.new_page()
            sign_in(page)
            if suffix:
                take(page, f"start{suffix}")
                open_list(page, "Города России")
                take(page, f"grid{suffix}")
            else:
                pictures(page)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
