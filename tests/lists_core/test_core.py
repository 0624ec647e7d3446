"""A list from its making to writes, filters and history: the thin path through the core."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from lists_core.filters.tree import parse_filter
from lists_core.models import ElementVersion, List, OutboxEvent
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors.elements import ElementQuery, capped_count, found
from lists_core.services import fields, lists
from lists_core.services.elements import Changed, create_element, delete_elements, update_element
from staff.models import Employee
from svod.base.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def goods(admin: Employee) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары")
    fields.create_field(list_.pk, "number", actor=admin, name="Цена", settings={"precision": 2})
    fields.create_field(list_.pk, "string", actor=admin, name="Метки", code="TAGS", multiple=True)
    list_.refresh_from_db()
    return list_


def names(list_: List, actor: Employee, **query) -> list[str]:
    schema = schema_of(list_)
    tree = parse_filter(json.dumps(query.pop("filter", {"and": []})), schema)
    asked = ElementQuery(filter=tree, **query)
    return [row.name for row in found(schema, asked, actor=actor)]


def test_values_filters_and_sorting(admin: Employee, goods: List) -> None:
    create_element(goods.pk, {"NAME": "Ель", "TSENA": Decimal("2.50"), "TAGS": ["a"]}, actor=admin)
    create_element(
        goods.pk, {"NAME": "Ёлка", "TSENA": Decimal(10), "TAGS": ["b", "Ac"]}, actor=admin
    )
    create_element(goods.pk, {"NAME": "ясень"}, actor=admin)
    assert names(goods, admin, sort=[("NAME", False)]) == ["Ёлка", "Ель", "ясень"]
    assert names(goods, admin, sort=[("TSENA", True)]) == ["Ёлка", "Ель", "ясень"]
    dear = {"and": [{"field": "TSENA", "op": "between", "value": ["3", ""]}]}
    assert names(goods, admin, filter=dear) == ["Ёлка"]
    tagged = {"and": [{"field": "TAGS", "op": "contains", "value": "a"}]}
    assert names(goods, admin, filter=tagged, sort=[("NAME", False)]) == ["Ёлка", "Ель"]
    empty = {"or": [{"field": "TAGS", "op": "not_contains", "value": "a"}]}
    assert names(goods, admin, filter=empty) == ["ясень"]
    assert names(goods, admin, search="ёл") == ["Ёлка"]
    assert capped_count(found(schema_of(goods), ElementQuery(), actor=admin)).number == 3


def test_second_writer_is_told(admin: Employee, goods: List) -> None:
    row = create_element(goods.pk, {"NAME": "Ель"}, actor=admin)
    update_element(goods.pk, row.pk, {"TSENA": 5}, version=1, actor=admin)
    with pytest.raises(Changed) as caught:
        update_element(goods.pk, row.pk, {"TSENA": 6}, version=1, actor=admin)
    assert caught.value.row.version == 2
    last = ElementVersion.objects.filter(element=row.pk).first()
    assert list(last.changes.values()) == [[None, "5.00"]]
    assert OutboxEvent.objects.filter(topic="element.changed").count() == 1


def test_errors_come_by_field(admin: Employee, goods: List) -> None:
    with pytest.raises(Invalid) as caught:
        create_element(goods.pk, {"NAME": " ", "TSENA": "x", "NOPE": 1}, actor=admin)
    assert set(caught.value.errors) == {"NAME", "TSENA", "NOPE"}


def test_unique_field(admin: Employee, goods: List) -> None:
    fields.create_field(goods.pk, "string", actor=admin, name="Артикул", code="SKU", unique=True)
    row = create_element(goods.pk, {"NAME": "а", "SKU": "1"}, actor=admin)
    with pytest.raises(Invalid) as caught:
        create_element(goods.pk, {"NAME": "б", "SKU": "1"}, actor=admin)
    assert "SKU" in caught.value.errors
    delete_elements(goods.pk, [row.pk], actor=admin)
    create_element(goods.pk, {"NAME": "б", "SKU": "1"}, actor=admin)
