"""An administrator makes a line, tries its chat on a page and sees the visitor wait."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from openlines.models import Line, LineMember
from staff.models import Employee
from tests.e2e.conftest import SignIn, settled

pytestmark = pytest.mark.django_db(transaction=True)
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def test_a_line_is_made_tried_and_watched(
    page: Page, portal: str, employee: Employee, sign_in: SignIn, axe: Callable[..., None]
) -> None:
    Employee.objects.filter(pk=employee.pk).update(is_superuser=True, is_staff=True)
    employee.refresh_from_db()
    Employee.objects.create_user("petr", "petr@svod.example", "x", last_name="Петров")
    sign_in(page, employee)
    page.goto(f"{portal}/chat/lines/add/")
    page.get_by_label("Название").fill("Сайт")
    page.get_by_label("Приветствие").fill("Сейчас ответим")
    page.get_by_role("button", name="Создать линию").click()
    page.locator("[data-field=people] .ts-control input").fill("Петр")
    page.get_by_role("option", name="Петров").click()
    page.get_by_role("button", name="Добавить").click()
    expect(page.get_by_text("0 открытых диалогов")).to_have_count(2)
    line = Line.objects.get()
    assert LineMember.objects.get(role="operator").employee.username == "petr"
    page.goto(f"{portal}/chat/lines/{line.pk}/channels/add/web/")
    page.get_by_role("button", name="Добавить канал").click()
    expect(page.get_by_label("Код для сайта")).to_have_value(f"""<script async src="{portal}\
/chat/w/{line.channels.get().token}/chat.js" data-color="#2b53c6" data-label="Сайт"></script>""")
    page.goto(f"{page.url}preview/")
    page.get_by_role("button", name="Сайт").click()
    window = page.frame_locator("iframe")
    window.get_by_label("Напишите сообщение").fill("Есть мрамор?")
    window.get_by_role("button", name="Отправить").last.click()
    expect(window.get_by_text("Сейчас ответим")).to_be_visible()
    for tab, seen in (("now", "Петров"), ("statistics", "По каналам"), ("", "Очередь")):
        page.goto(f"{portal}/chat/lines/{line.pk}/{tab}{'/' if tab else ''}")
        expect(page.get_by_text(seen).first).to_be_visible()
        for size, scheme in ((DESK, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            settled(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
            axe(page)
