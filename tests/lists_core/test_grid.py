"""The grid: its address, its cells, the filter panel, columns, and what a page costs."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.filters.tree import parse_filter
from lists_core.grid.by_value import with_value
from lists_core.grid.page import open_grid
from lists_core.grid.state import parse_state
from lists_core.models import List, ListPreference, Section
from lists_core.schema.cache import schema_of
from lists_core.selectors import elements as element_selectors
from lists_core.selectors.elements import found
from lists_core.services import fields, lists
from lists_core.services.elements import create_element, update_element
from staff.models import Employee

pytestmark = pytest.mark.django_db
DEAR = {"and": [{"field": "PRICE", "op": "gt", "value": ["3"]}]}


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары")
    for type_, name, code, more in (
        ("number", "Цена", "PRICE", {"settings": {"precision": 2}}),
        ("string", "Метки", "TAGS", {"multiple": True}),
        ("employee", "Кладовщик", "KEEPER", {}),
        ("date", "Привезён", "CAME", {}),
        ("boolean", "В наличии", "STOCK", {}),
        ("string", "Код", "SKU", {"readonly_in_edit": True}),
    ):
        fields.create_field(list_.pk, type_, actor=admin, name=name, code=code, **more)
    for number in range(1, 8):
        values = {"NAME": f"Товар {number}", "PRICE": Decimal(number), "KEEPER": admin.pk}
        create_element(list_.pk, {**values, "CAME": date(2026, 1, number)}, actor=admin)
    list_.refresh_from_db()
    return list_


@pytest.fixture
def visitor(client: Client, admin: Employee) -> Client:
    client.force_login(admin, backend="staff.backends.EmployeeBackend")
    return client


def ask(visitor: Client, list_: List, **params: Any) -> Any:
    given = {
        name: json.dumps(value) if name == "filter" else value for name, value in params.items()
    }
    return visitor.get(reverse("list", args=[list_.pk]), given)


def names(response: Any) -> list[str]:
    return [row.name for row in response.context["page"].rows]


def first_row(list_: List, admin: Employee) -> Any:
    return found(
        schema_of(list_), open_grid(admin, list_.pk, {}).state.element_query(), actor=admin
    )[0]


# --- the address ------------------------------------------------------------------------


def test_address_holds_the_state(visitor: Client, goods: List) -> None:
    response = ask(visitor, goods, filter=DEAR, sort="-PRICE", size="10", q="товар")
    assert names(response) == ["Товар 7", "Товар 6", "Товар 5", "Товар 4"]
    again = visitor.get(reverse("list", args=[goods.pk]) + response.context["state"].query())
    assert names(again) == names(response)
    assert [chip.text for chip in response.context["chips"]] == ["Цена: больше 3,00"]


@pytest.mark.parametrize(
    "params",
    [
        {"sort": "NOPE"}, {"sort": "TAGS"}, {"page": "x"}, {"page": "-1"}, {"page": "9" * 40},
        {"page": "9999"}, {"size": "7"}, {"section": "x"}, {"section": "²"}, {"columns": "NOPE"},
        {"filter": "{"}, {"filter": {"and": [{"field": "NOPE", "op": "eq"}]}},
        {"filter": [[[[]]]]}, {"filter": {"and": [{"field": "PRICE", "op": "gt", "value": "x"}]}},
    ],
)  # fmt: skip
def test_a_wrong_address_is_a_notice(visitor: Client, goods: List, params: dict[str, Any]) -> None:
    response = ask(visitor, goods, **params)
    assert response.status_code == 200
    assert len(response.context["state"].notices) == 1
    assert len(names(response)) == 7


def test_a_page_beyond_the_end_is_the_last_one(
    visitor: Client, goods: List, admin: Employee
) -> None:
    for number in range(10):
        create_element(goods.pk, {"NAME": f"Ещё {number}"}, actor=admin)
    response = ask(visitor, goods, size="10", page="5")
    assert response.context["state"].page == 2
    assert len(names(response)) == 7


def test_pages_go_on_beyond_the_capped_count(
    visitor: Client, goods: List, admin: Employee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(element_selectors, "COUNT_LIMIT", 3)
    for number in range(20):
        create_element(goods.pk, {"NAME": f"Ещё {number}"}, actor=admin)
    response = ask(visitor, goods, size="10", page="2")
    assert response.context["page"].has_next
    assert "3+" in response.content.decode()
    exact = visitor.get(response.context["count_url"])
    assert exact.content.decode() == "27"


def test_sort_turns_through_three_states(goods: List, admin: Employee) -> None:
    grid = open_grid(admin, goods.pk, {"sort": "PRICE,-NAME"})
    by_code = {column.code: column for column in grid.columns}
    assert by_code["PRICE"].aria_sort == "ascending"
    assert by_code["NAME"].place == 2
    assert "sort=-PRICE&" in by_code["PRICE"].sort_query + "&"
    assert "sort=PRICE" in by_code["NAME"].add_query
    assert "NAME" not in by_code["NAME"].add_query
    assert not by_code["TAGS"].sortable


def test_state_without_defaults_is_an_empty_query(goods: List, admin: Employee) -> None:
    state = parse_state({}, schema_of(goods), ListPreference(employee=admin, list=goods))
    assert state.query() == "?"
    assert state.query(page=3) == "?page=3"


def test_strangers_and_foreign_lists(client: Client, visitor: Client, goods: List) -> None:
    assert visitor.get(reverse("list", args=[goods.pk + 1])).status_code == 404
    client.logout()
    assert ask(client, goods).status_code == 302


def test_nothing_a_person_typed_becomes_markup(
    visitor: Client, goods: List, admin: Employee
) -> None:
    evil = '<script>alert(1)</script>"'
    create_element(goods.pk, {"NAME": evil, "TAGS": [evil]}, actor=admin)
    page = ask(visitor, goods, q=evil).content.decode()
    assert "<script>alert(1)" not in page
    assert 'style="' not in page
    assert "&lt;script&gt;alert(1)" in page


# --- the cost of a page -----------------------------------------------------------------


def queries(visitor: Client, list_: List, **params: Any) -> int:
    ask(visitor, list_, **params)
    with CaptureQueriesContext(connection) as seen:
        assert ask(visitor, list_, **params).status_code == 200
    return len(seen)


def fill(list_: List, admin: Employee, count: int) -> None:
    """Elements whose every field has a value, so that titles are really asked for."""
    section = Section.objects.get_or_create(list=list_, name="Раздел")[0]
    kinds = {"employee": admin.pk, "string": "текст", "section": section.pk}
    list_.refresh_from_db()
    values = {field.code: kinds[field.type.slug] for field in schema_of(list_).fields}
    for number in range(count):
        create_element(list_.pk, {**values, "NAME": str(number)}, actor=admin)


def test_queries_do_not_grow_with_rows_or_fields(visitor: Client, admin: Employee) -> None:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Широкий", has_sections=True)
    add: dict[str, Any] = {"actor": admin, "settings": {"list": list_.pk}}
    fields.create_field(list_.pk, "employee", name="Кто", **add)
    fields.create_field(list_.pk, "section", name="Где", **add)
    fill(list_, admin, 10)
    narrow = queries(visitor, list_, size="100")
    for number in range(28):
        kind = ("employee", "string", "section")[number % 3]
        fields.create_field(list_.pk, kind, name=f"Поле {number}", **add)
    fill(list_, admin, 90)
    assert queries(visitor, list_, size="100") == narrow


# --- cells ------------------------------------------------------------------------------


def cell(list_: List, row: Any, code: str) -> str:
    return reverse("list_cell", args=[list_.pk, row.pk, code])


def test_a_cell_is_edited(visitor: Client, goods: List, admin: Employee) -> None:
    row = first_row(goods, admin)
    editor = visitor.get(cell(goods, row, "PRICE")).content.decode()
    assert 'name="value"' in editor
    saved = visitor.post(cell(goods, row, "PRICE"), {"value": "12,5", "version": row.version})
    assert saved.status_code == 200
    assert saved.content.decode().startswith(f'<tr data-id="{row.pk}" data-version="2">')
    assert first_row(goods, admin).version == 2


def test_a_wrong_value_stays_in_its_cell(visitor: Client, goods: List, admin: Employee) -> None:
    row = first_row(goods, admin)
    response = visitor.post(cell(goods, row, "PRICE"), {"value": "дорого", "version": row.version})
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#cell-edit"
    assert 'value="дорого"' in response.content.decode()
    assert first_row(goods, admin).version == 1


def test_the_second_writer_is_told(visitor: Client, goods: List, admin: Employee) -> None:
    row = first_row(goods, admin)
    other = Employee.objects.create_user("petr", "p@svod.example", "x", last_name="Петров")
    update_element(goods.pk, row.pk, {"PRICE": Decimal(99)}, version=1, actor=other)
    response = visitor.post(cell(goods, row, "PRICE"), {"value": "5", "version": 1})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Петров" in page
    assert "99,00" in page
    assert 'value="5"' in page
    assert first_row(goods, admin).version == 2
    again = visitor.post(cell(goods, row, "PRICE"), {"value": "5", "version": 2})
    assert again.status_code == 200


@pytest.mark.parametrize("code", ["SKU", "CREATED_AT", "ID"])
def test_fields_that_are_not_edited_here(
    visitor: Client, goods: List, admin: Employee, code: str
) -> None:
    row = first_row(goods, admin)
    assert visitor.get(cell(goods, row, code)).status_code == 403
    assert visitor.post(cell(goods, row, code), {"value": "1", "version": 1}).status_code == 403
    assert visitor.get(cell(goods, row, "NOPE")).status_code == 404


# --- filter -----------------------------------------------------------------------------


def test_the_panel_keeps_what_was_typed(visitor: Client, goods: List) -> None:
    tree = {"or": [{"field": "PRICE", "op": "gt", "value": ["много"]}, {"and": [DEAR["and"][0]]}]}
    response = visitor.post(reverse("list_filter", args=[goods.pk]), {"filter": json.dumps(tree)})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="много"' in page
    assert page.count("sv-error") == 1
    assert 'value="3"' in page


def test_the_panel_leads_to_the_filtered_state(visitor: Client, goods: List) -> None:
    address = reverse("list_filter", args=[goods.pk]) + "?sort=PRICE&page=3"
    response = visitor.post(address, {"filter": json.dumps(DEAR)})
    url = json.loads(response["HX-Trigger"])["grid:go"]["url"]
    assert names(visitor.get(url)) == ["Товар 4", "Товар 5", "Товар 6", "Товар 7"]


def test_every_operator_of_every_field_draws_its_row(visitor: Client, goods: List) -> None:
    row = reverse("list_filter_row", args=[goods.pk])
    for field in schema_of(goods).all_fields:
        for operator in field.operators:
            response = visitor.get(row, {"field": field.code, "op": operator, "value": "2026"})
            assert response.status_code == 200
    assert visitor.get(row, {"field": "NOPE"}).status_code == 404


@pytest.mark.parametrize(
    "code", ["NAME", "PRICE", "TAGS", "KEEPER", "CAME", "STOCK", "ID", "CREATED_AT", "CREATED_BY"]
)
def test_filter_by_the_value_of_a_cell(goods: List, admin: Employee, code: str) -> None:
    schema = schema_of(goods)
    values = {"NAME": "Особый", "TAGS": ["а", "б"], "STOCK": True, "PRICE": Decimal("0.5")}
    row = create_element(
        goods.pk, {**values, "KEEPER": admin.pk, "CAME": date(2025, 5, 5)}, actor=admin
    )
    tree = with_value(parse_filter("", schema), schema, schema[code], row, actor=admin)
    assert tree is not None
    state = open_grid(admin, goods.pk, {"filter": json.dumps(tree.to_json())}).state
    assert not state.notices
    assert row in found(schema, state.element_query(), actor=admin)


# --- columns ----------------------------------------------------------------------------


def test_columns_belong_to_a_person(visitor: Client, goods: List, admin: Employee) -> None:
    visitor.post(reverse("list_columns", args=[goods.pk]), {"column": "PRICE,NAME"})
    visitor.post(reverse("list_widths", args=[goods.pk]), {"width": "PRICE:333,NOPE:5,NAME:x"})
    shown = ask(visitor, goods).context["columns"]
    assert [(column.code, column.width) for column in shown] == [("PRICE", 333), ("NAME", 280)]
    other = Employee.objects.create_user("petr", "p@svod.example", "x", last_name="Петров")
    assert len(open_grid(other, goods.pk, {}).columns) == 7
    linked = ask(visitor, goods, columns="SKU,NAME").context["columns"]
    assert [column.code for column in linked] == ["SKU", "NAME"]
    visitor.post(reverse("list_columns", args=[goods.pk]), {"reset": "1"})
    assert len(ask(visitor, goods).context["columns"]) == 7


def test_a_width_does_not_fix_the_set_of_columns(
    visitor: Client, goods: List, admin: Employee
) -> None:
    """Who never chose columns sees a field added later; a linked view keeps widths too."""
    save = reverse("list_widths", args=[goods.pk])
    visitor.post(save, {"width": "PRICE:333,ID:99"})
    fields.create_field(goods.pk, "string", actor=admin, name="Новое", code="FRESH")
    shown = {column.code: column.width for column in ask(visitor, goods).context["columns"]}
    assert (shown["PRICE"], "FRESH" in shown, "ID" in shown) == (333, True, False)
    linked = ask(visitor, goods, columns="ID").context["columns"]
    assert [(column.code, column.width) for column in linked] == [("ID", 99)]
    visitor.post(reverse("list_columns", args=[goods.pk]), {"column": "NAME,PRICE"})
    visitor.post(save, {"width": "NAME:300,ID:98"})
    chosen = ask(visitor, goods).context["columns"]
    assert [(column.code, column.width) for column in chosen] == [("NAME", 300), ("PRICE", 333)]
    assert ask(visitor, goods, columns="ID").context["columns"][0].width == 98


def test_no_columns_and_strange_sizes_are_refused(visitor: Client, goods: List) -> None:
    assert visitor.post(reverse("list_columns", args=[goods.pk]), {}).status_code == 422
    assert (
        visitor.post(reverse("list_page_size", args=[goods.pk]), {"size": "7"}).status_code == 422
    )
    assert (
        visitor.post(reverse("list_page_size", args=[goods.pk]), {"size": "20"}).status_code == 204
    )
    assert ask(visitor, goods).context["state"].size == 20


# --- sections ---------------------------------------------------------------------------


def test_sections_and_their_subsections(visitor: Client, admin: Employee, goods: List) -> None:
    lists.update_list(goods.pk, actor=admin, has_sections=True)
    top = Section.objects.create(list=goods, name="Верх")
    low = Section.objects.create(list=goods, name="Низ", parent=top)
    create_element(goods.pk, {"NAME": "Внизу"}, actor=admin, section_id=low.pk)
    assert names(ask(visitor, goods, section=top.pk)) == ["Внизу"]
    assert names(ask(visitor, goods, section=top.pk, sub="0")) == []
    assert len(names(ask(visitor, goods, section="0"))) == 7
    path = ask(visitor, goods, section=low.pk).context["sections"].path
    assert [branch.section.name for branch in path] == ["Верх", "Низ"]
