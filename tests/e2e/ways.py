"""How a person meets each field type in a browser: what is typed, seen, asked and exported.

Every type of the registry needs a `Way`: the tests loop over the registry, so a type without
one fails with its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lists_core.field_types.base import FieldType, field_types
from tests.lists_core.file_samples import PDF

Fill = Callable[[Page, Locator, str], None]
Press = Callable[[Page, str], None]
SetUp = Callable[[Page], None]

SUPPLIERS = "Поставщики"
OPTIONS = "Без цены\nНизкий\nВысокий"
PICK = "the thing itself, picked in a list"


# --- filling a form's control by mouse and typing ------------------------------------------


def typed(page: Page, box: Locator, text: str) -> None:
    box.locator("input:not([type=hidden]), textarea").first.fill(text)


def switched(page: Page, box: Locator, text: str) -> None:
    box.get_by_role("switch").set_checked(text == "да")


def picked(page: Page, box: Locator, text: str) -> None:
    expect(box.locator("svod-select.sv-ready")).to_be_attached()
    box.locator(".ts-control").click()
    page.keyboard.type(text)
    option = page.locator(".ts-dropdown:visible .option", has_text=text)
    option.first.click()
    expect(box.locator(".ts-control .item", has_text=text)).to_be_attached()


def written(page: Page, box: Locator, text: str) -> None:
    box.locator(".ProseMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def pointed(page: Page, box: Locator, text: str) -> None:
    latitude, longitude = text.split(", ")
    box.locator("[data-lat]").fill(latitude)
    box.locator("[data-lon]").fill(longitude)
    expect(box.locator(".sv-pin")).to_be_attached()


def uploaded(page: Page, box: Locator, text: str) -> None:
    file: Any = {"name": text, "mimeType": "application/pdf", "buffer": PDF}
    box.locator("input[type=file]").set_input_files(file)
    expect(box.locator(".sv-file-name")).to_have_text(text)
    expect(box.locator(".sv-file input[type=hidden]")).to_be_attached()


def untouched(page: Page, box: Locator, text: str) -> None:
    """The program fills it."""


# --- the same by keyboard alone, in a cell that has just opened -----------------------------


def keys(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def keys_pick(page: Page, text: str) -> None:
    page.keyboard.type(text)
    chosen = page.locator(".sv-cell-edit .ts-dropdown .option.active", has_text=text)
    expect(chosen).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".sv-cell-edit .ts-control .item", has_text=text)).to_be_attached()
    page.keyboard.press("Enter")


def keys_choose(page: Page, text: str) -> None:
    """Without waiting: the options are on the page."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")


def keys_rich(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def keys_point(page: Page, text: str) -> None:
    latitude, longitude = text.split(", ")
    page.keyboard.type(latitude)
    page.keyboard.press("Tab")
    page.keyboard.type(longitude)
    page.keyboard.press("Enter")


# --- settings that the designer asks for ---------------------------------------------------


def nothing(page: Page) -> None:
    """The usual settings do."""


def set_options(page: Page) -> None:
    page.locator("[name=settings-options_lines]").fill(OPTIONS)


def set_list(page: Page) -> None:
    page.locator("[name=settings-list]").select_option(label=SUPPLIERS)


def set_precision(page: Page) -> None:
    page.locator("[name=settings-precision]").fill("2")


def set_counter(page: Page) -> None:
    page.locator("[name=settings-digits]").fill("4")
    page.locator("[name=settings-before]").fill("Н-")


# --- the catalogue -------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """`low` sorts before `high`; both are texts as a person types them or a file holds them.

    `asks` is an operator with its texts that finds `high` alone; PICK stands for `high` chosen
    in a list. `shown` maps a text to what pages show, where that differs; `csv` and `xlsx` say
    how `low` stands in exported files, where not as shown. `press` fills an open cell by
    keyboard, None where the browser's own control has keys of its own.
    """

    low: str
    high: str
    asks: tuple[str, ...]
    fill: Fill = typed
    press: Press | None = keys
    set_up: SetUp = nothing
    settings: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    csv: str | None = None
    xlsx: Any = None

    def seen(self, text: str) -> str:
        return self.shown.get(text, text)

    @property
    def in_csv(self) -> str:
        return self.seen(self.low) if self.csv is None else self.csv

    @property
    def in_xlsx(self) -> Any:
        return self.seen(self.low) if self.xlsx is None else self.xlsx


WAYS: dict[str, Way] = {
    "string": Way("Альфа", "Эхо", ("starts", "эх")),
    "number": Way(
        "12,5", "1000,25", ("between", "500", "1500"), set_up=set_precision,
        settings={"precision": 2}, shown={"12,5": "12,50", "1000,25": "1 000,25"},
        csv="12,50", xlsx=12.5,
    ),
    "boolean": Way(
        "нет", "да", ("yes",), fill=switched, press=None,
        shown={"да": "Да", "нет": "Нет"},
    ),
    "list": Way(
        "Низкий", "Высокий", ("any_of", PICK), fill=picked, press=keys_choose, set_up=set_options,
    ),
    "counter": Way(
        "Н-0003", "Н-0001", ("eq", "1"), fill=untouched, press=None, set_up=set_counter,
        settings={"digits": 4, "before": "Н-"},
    ),
    "date": Way(
        "2026-03-05", "2026-12-31", ("between", "2026-12-01", "2027-01-31"), press=None,
        shown={"2026-03-05": "05.03.2026", "2026-12-31": "31.12.2026"},
        csv="2026-03-05", xlsx=datetime(2026, 3, 5),  # noqa: DTZ001 - workbooks know no zones
    ),
    "datetime": Way(
        "2026-03-05T10:30", "2026-12-31T23:59", ("after", "2026-06-01"), press=None,
        shown={"2026-03-05T10:30": "05.03.2026 10:30", "2026-12-31T23:59": "31.12.2026 23:59"},
        csv="2026-03-05 10:30:00", xlsx=datetime(2026, 3, 5, 10, 30),  # noqa: DTZ001
    ),
    "file": Way("акт.pdf", "смета.pdf", ("contains", "сме"), fill=uploaded, press=None),
    "disk_file": Way(
        "Каталог.pdf", "Прайс.pdf", ("any_of", PICK), fill=picked, press=keys_pick,
    ),
    "element": Way(
        "ООО «Берёза»", "ООО «Ясень»", ("any_of", PICK), fill=picked, press=keys_pick,
        set_up=set_list,
    ),
    "section": Way(
        "Ближние", "Дальние", ("any_of", PICK), fill=picked, press=keys_pick, set_up=set_list,
    ),
    "employee": Way(
        "Иванова Анна", "Петров Пётр", ("any_of", PICK), fill=picked, press=keys_pick,
    ),
    "crm": Way(
        "Агапова Инна", "Яшин Олег", ("any_of", PICK), fill=picked, press=keys_pick,
        settings={"kinds": ["contact"], "visible": False},
    ),
    "email": Way("a@svod.example", "z@svod.example", ("contains", "z@")),
    "phone": Way(
        "+7 495 123-45-67", "+7 999 765-43-21", ("contains", "765"),
        shown={
            "+7 495 123-45-67": "8 (495) 123-45-67",
            "+7 999 765-43-21": "8 (999) 765-43-21",
        },
    ),
    "url": Way(
        "https://a.example/акт", "https://z.example/акт", ("contains", "z.example"),
        shown={"https://a.example/акт": "a.example/акт", "https://z.example/акт": "z.example/акт"},
        csv="https://a.example/акт", xlsx="https://a.example/акт",
    ),
    "html": Way(
        "Обычный заказ", "Срочный заказ", ("contains", "срочн"), fill=written, press=keys_rich,
    ),
    "map_point": Way(
        "55.75, 37.61", "59.93, 30.31", ("near", "59.9, 30.3, 50"), fill=pointed,
        press=keys_point,
    ),
    "money": Way(
        "99,5", "1500", ("gte", "1000"), shown={"99,5": "99,50 ₽", "1500": "1 500,00 ₽"},
    ),
}  # fmt: skip


def way_of(kind: FieldType) -> Way:
    assert kind.slug in WAYS, f"the field type {kind.slug} has no way in tests/e2e/ways.py"
    return WAYS[kind.slug]


def every_type() -> list[tuple[FieldType, Way]]:
    """All types that designers choose, each with its way; what is concealed has its own tests."""
    return [(one, way_of(one)) for one in field_types if one.offered and not one.concealed]


def code_of(kind: FieldType) -> str:
    return f"F_{kind.slug.upper()}"


def plain(text: Any) -> str:
    """With ordinary spaces: numbers and money have narrow ones."""
    return re.sub(r"\s+", " ", str(text)).strip()
