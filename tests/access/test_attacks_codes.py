"""A-55: odd codes of lists, fields and sections, typed into the forms and into addresses."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.models import Field, List
from lists_core.services.lists import create_list
from tests.access.attack_world import CANARY, World, browser, said

pytestmark = pytest.mark.django_db
ODD = [
    "a'--", 'a"b', "A'--", 'A"B', "__proto__", "__PROTO__", "A.B", "a.b", "*", "A*", "A" * 64,
    "A" * 5_000, "note", "1A", "_A", "А", "A\u200b", "A B", "A;DROP TABLE list_1", "A%s", "A{0}",
    "A\nB", "A\x00", "é", "😀", "constructor", "A-B",
]  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def web(world: World) -> Client:
    return browser(world.root)


def wrong(response: Any) -> list[str]:
    """The fields of the form that the page complains of; a select has a form of its own."""
    forms = [context["form"] for context in response.context if "form" in context]
    return sorted({name for form in forms for name in form.errors})


def field_sent(web: Client, world: World, code: str) -> Any:
    data = {"name": "Вес", "type": "number", "settings-precision": "2", "hint": "набрано"}
    return web.post(world.url("field_add"), {**data, "code": code})


def list_sent(web: Client, code: str) -> Any:
    data = {"name": "Новый", "icon": "box", "color": "teal", "sort": 10, "code": code}
    return web.post(reverse("list_add"), data)


def test_a55_no_field_has_an_odd_code_or_one_that_is_taken(world: World, web: Client) -> None:
    for code in [*ODD, "NOTE", "NAME", "ID", "SECTION", "CREATED_BY"]:
        response = field_sent(web, world, code)
        assert (response.status_code, wrong(response)) == (422, ["code"]), code
        assert "набрано" in response.content.decode()
    assert not Field.objects.filter(name="Вес").exists()


def test_a55_the_longest_and_plainest_codes_work(world: World, web: Client) -> None:
    for number, code in enumerate(("A__B", "A" * 63, "CONSTRUCTOR"), 7_001):
        assert field_sent(web, world, code).status_code == 302
        row = world.add("Вяз", **{code: number})
        page = web.get(world.url("list"), {"sort": code, "columns": f"NAME,{code}"})
        shown = page.content.decode().replace("\xa0", "").replace("\u202f", "")
        assert str(number) in shown
        assert web.get(world.url("element", row.pk)).status_code == 200


def test_a55_no_list_has_an_odd_code(web: Client) -> None:
    for code in ODD:
        response = list_sent(web, code)
        assert (response.status_code, wrong(response)) == (422, ["code"]), code
        assert "Новый" in response.content.decode()
    assert not List.objects.filter(name="Новый").exists()


def test_a55_lists_share_no_code_not_even_with_one_in_the_bin(world: World, web: Client) -> None:
    other = create_list(actor=world.root, name="Другой", code="ACTS")
    for _live_then_binned in range(2):
        response = list_sent(web, "ACTS")
        assert response.status_code == 422
        assert "Новый" in response.content.decode()
        web.post(reverse("list_delete", args=[other.pk]))


def test_a55_a_section_refuses_what_it_cannot_keep(world: World, web: Client) -> None:
    for code in ("A" * 64, "A\x00"):
        response = web.post(world.url("section_add"), {"name": "Новый", "code": code, "sort": 10})
        assert (response.status_code, wrong(response)) == (422, ["code"])


def test_a55_an_odd_code_in_an_address_names_no_field(world: World) -> None:
    web = browser(world.reader)
    for code in ODD:
        condition = {"and": [{"field": code, "op": "filled", "value": []}]}
        query = {"sort": code, "columns": f"NAME,{code}", "filter": json.dumps(condition)}
        response = web.get(world.url("list"), query)
        assert response.status_code == 200, code
        assert CANARY not in said(response)
        cell = reverse("list_cell", args=[world.list.pk, world.own.pk, "CODE"])
        assert web.get(cell.replace("CODE", quote(code, safe=""))).status_code == 404, code
