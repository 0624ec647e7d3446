"""Changing a field's type: nothing is lost, what does not fit is told, all can be undone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lists_core.models import Field, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.selectors.elements import elements
from lists_core.services import fields, lists
from lists_core.services.copies import copy_list
from lists_core.services.elements import create_element, update_element
from lists_core.services.type_changes import (
    Target,
    change_type,
    confirm_type_change,
    preview_type_change,
    undo_type_change,
)
from staff.models import Employee
from svod.base.errors import Forbidden

pytestmark = pytest.mark.django_db
NUMBER = Target("number", multiple=False, settings={"precision": 2})


@pytest.fixture
def admin() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def list_(admin: Employee) -> List:
    made = lists.create_list(actor=admin, name="Склад", has_sections=True)
    fields.create_field(made.pk, "string", actor=admin, name="Цена", code="PRICE")
    for name, price in [("а", "1 200,50"), ("б", "дорого"), ("в", None), ("г", "7")]:
        create_element(made.pk, {"NAME": name, "PRICE": price}, actor=admin)
    return made


@pytest.fixture
def price(list_: List) -> Field:
    return list_.fields.get()


def values(list_: List, actor: Employee) -> dict[str, Any]:
    list_.refresh_from_db()
    schema = schema_of(list_)
    return {row.name: schema["PRICE"].read(row) for row in elements(schema, actor)}


def test_preview_tells_what_does_not_fit(admin: Employee, price: Field) -> None:
    preview = preview_type_change(price.pk, NUMBER, actor=admin)
    assert (preview.filled, preview.misfits) == (3, 1)
    assert preview.samples[0][:2] == ("дорого", 1)


def test_values_are_converted_and_come_back(admin: Employee, list_: List, price: Field) -> None:
    change = change_type(price.pk, NUMBER, actor=admin)
    assert change.misfits == 1
    assert values(list_, admin) == {"а": Decimal("1200.50"), "б": None, "в": None, "г": 7}
    undo_type_change(change.pk, actor=admin)
    assert values(list_, admin) == {"а": "1 200,50", "б": "дорого", "в": None, "г": "7"}


def test_confirmed_change_drops_the_old_column(admin: Employee, list_: List, price: Field) -> None:
    change = change_type(price.pk, NUMBER, actor=admin)
    confirm_type_change(change.pk, actor=admin)
    again = change_type(price.pk, Target("string", multiple=True, settings={}), actor=admin)
    assert values(list_, admin)["г"] == ["7,00"]
    assert again.column == f"f{price.pk}v2"


def test_edits_during_the_conversion_survive(admin: Employee, list_: List, price: Field) -> None:
    schema = schema_of(List.objects.get(pk=list_.pk))
    row = elements(schema, admin).get(name="г")

    def edit(done: int, total: int) -> None:
        update_element(list_.pk, row.pk, {"PRICE": "9"}, version=1, actor=admin)

    change_type(price.pk, NUMBER, actor=admin, report=edit)
    assert values(list_, admin)["г"] == 9


def test_only_the_lists_maker_changes_types(list_: List, price: Field) -> None:
    reader = Employee.objects.create_user("reader", "reader@svod.example", "x")
    with pytest.raises(Forbidden):
        change_type(price.pk, NUMBER, actor=reader)


def test_copy_of_a_list_with_its_elements(admin: Employee, list_: List) -> None:
    copied = copy_list(list_.pk, actor=admin, name="Копия", with_elements=True)
    assert values(copied, admin) == values(list_, admin)
    bare = copy_list(list_.pk, actor=admin, name="Пустой")
    assert values(bare, admin) == {}
    assert bare.fields.get().code == "PRICE"
