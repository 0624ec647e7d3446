"""A list with one field of each type, made without a browser, and what its fields refer to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Locator, Page, expect

from crm_link.services.setup import set_up_crm
from lists_core.access import Right
from lists_core.field_types.base import FieldType
from lists_core.models import Element, List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.services.disk_files import add_file
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.files import upload_file
from lists_core.services.lists import create_list
from lists_core.services.rights import set_list_rights
from lists_core.services.sections import create_section
from staff.models import Employee
from staff.subjects import EVERYONE
from tests.e2e.conftest import settled
from tests.e2e.ways import OPTIONS, SUPPLIERS, WAYS, Way, code_of, every_type
from tests.lists_core.file_samples import PDF

PASSWORD = "secret-phrase-1"
HIGH, EMPTY, LOW = "Верхний", "Пустой", "Нижний"


@dataclass
class Ground:
    """Two people and the things that links lead to; Anna may make lists."""

    anna: Employee
    petr: Employee
    suppliers: List


def make_ground() -> Ground:
    anna = person("anna", "Иванова", "Анна", is_staff=True)
    petr = person("petr", "Петров", "Пётр")
    suppliers = create_list(actor=anna, everyone="edit", name=SUPPLIERS, has_sections=True)
    for text in both("element"):
        create_element(suppliers.pk, {"NAME": text}, actor=anna)
    for text in both("section"):
        create_section(suppliers.pk, actor=anna, name=text)
    for text in both("disk_file"):
        add_file(pdf(text), folder_id=None, actor=anna)
    make_contacts()
    return Ground(anna, petr, suppliers)


def make_contacts() -> None:
    """Contacts that everybody may see, to be bound to."""
    admin = person("admin", "Админ", "Ада", is_superuser=True, is_staff=True)
    contacts = set_up_crm(actor=admin)["contact"]
    set_list_rights(contacts.pk, {EVERYONE: {Right.VIEW}}, actor=admin)
    for text in both("crm"):
        create_element(contacts.pk, {"NAME": text}, actor=admin)


def person(login: str, last_name: str, first_name: str, **more: Any) -> Employee:
    return Employee.objects.create_user(
        login, f"{login}@svod.example", PASSWORD, last_name=last_name, first_name=first_name,
        time_zone="Europe/Moscow", **more,
    )  # fmt: skip


def both(slug: str) -> tuple[str, str]:
    return WAYS[slug].low, WAYS[slug].high


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


@dataclass
class Everything:
    """A list with a field of each type and three elements: HIGH, EMPTY and LOW."""

    ground: Ground
    list: List

    @property
    def schema(self) -> Schema:
        self.list.refresh_from_db()
        return schema_of(self.list)

    def value(self, kind: FieldType, text: str) -> Any:
        """The natural value that the text means."""
        if kind.slug == "file":
            return upload_file(pdf(text), actor=self.ground.anna).pk
        found = self.schema[code_of(kind)].from_texts([text], actor=self.ground.anna)
        return found[text]

    def add_many(self, count: int) -> None:
        """So many more elements that have a name and nothing else."""
        model = self.schema.model
        elements = Element.objects.bulk_create(Element(list=self.list) for _ in range(count))
        rows = [model(pk=element.pk, name=f"Ещё {element.pk}") for element in elements]
        model.objects.bulk_create(rows)


def make_everything() -> Everything:
    ground = make_ground()
    list_ = create_list(actor=ground.anna, everyone="edit", name="Всё сразу", has_sections=True)
    for kind, way in every_type():
        create_field(
            list_.pk, kind.slug, actor=ground.anna, name=str(kind.label), code=code_of(kind),
            settings=settings_of(kind, way, ground),
        )  # fmt: skip
    made = Everything(ground, list_)
    for name in (HIGH, EMPTY, LOW):
        create_element(list_.pk, {"NAME": name, **values_of(made, name)}, actor=ground.anna)
    return made


def settings_of(kind: FieldType, way: Way, ground: Ground) -> dict[str, Any]:
    if "list" in kind.SettingsForm.base_fields:
        return {**way.settings, "list": ground.suppliers.pk}
    if "options" in kind.SettingsForm.base_fields:
        return {**way.settings, "options": [{"name": name} for name in OPTIONS.splitlines()]}
    return dict(way.settings)


def values_of(made: Everything, name: str) -> dict[str, Any]:
    if name == EMPTY:
        return {}
    filled = [(kind, way) for kind, way in every_type() if not kind.automatic]
    return {
        code_of(kind): made.value(kind, way.low if name == LOW else way.high)
        for kind, way in filled
    }


# --- finding things on the pages -----------------------------------------------------------


def sign_in_by_form(page: Page, portal: str, employee: Employee) -> None:
    page.goto(f"{portal}/sign-in/")
    page.locator("[name=username]").fill(employee.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    expect(page.locator("h1")).to_have_text("Списки")


def drawer(page: Page) -> Locator:
    return page.locator("svod-drawer dialog[open]")


def on_card(card: Locator, label: str) -> Locator:
    """The value of a field on an element's card."""
    names = card.page.locator("dt").filter(has_text=exactly(label))
    return card.locator(".sv-el-value").filter(has=names).locator("dd")


def exactly(text: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(text)}\s*$")


def cell(page: Page, name: str, code: str) -> Locator:
    """The cell of the element of that name in the column of that field."""
    heading = page.locator(f"#grid th[data-code={code}]")
    place = heading.evaluate("heading => heading.cellIndex")
    row = page.locator("#grid tbody tr").filter(has=page.get_by_text(name, exact=True))
    return row.locator("td").nth(place)


def names(page: Page) -> Locator:
    """The names in the grid, from the top."""
    return page.locator("#grid tbody tr td:nth-child(2) > a")


def replaced(page: Page, part: Locator, act: Callable[[], Any]) -> None:
    """Do something after which the server draws a part of the page anew, and wait for that."""
    old = part.element_handle()
    act()
    page.wait_for_function("old => !old.isConnected", arg=old)


def in_both_themes(page: Page, axe: Callable[..., None]) -> None:
    """No violation in light and dark colours; measured once they have settled."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        settled(page)
        axe(page)


def fits_phone(page: Page) -> None:
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0, "the page scrolls sideways"
