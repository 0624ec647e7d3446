"""Changing a field's type: nothing is lost, what does not fit is told, all can be undone."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from lists_core.models import Field, List
from lists_core.schema import ddl
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import elements
from lists_core.services import fields, lists
from lists_core.services.copies import copy_list
from lists_core.services.elements import (
    create_element,
    delete_elements,
    restore_elements,
    update_element,
)
from lists_core.services.type_changes import (
    Target,
    change_type,
    confirm_type_change,
    preview_type_change,
    undo_type_change,
)
from staff.models import Employee
from svod.base.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db
NUMBER = Target("number", multiple=False, settings={"precision": 2})


@pytest.fixture
def admin() -> Employee:
    forget_schemas()
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x", last_name="Админ")


@pytest.fixture
def list_(admin: Employee) -> List:
    made = lists.create_list(actor=admin, everyone="edit", name="Склад", has_sections=True)
    fields.create_field(made.pk, "string", actor=admin, name="Цена", code="PRICE")
    for name, price in [("а", "1 200,50"), ("б", "дорого"), ("в", None), ("г", "7")]:
        create_element(made.pk, {"NAME": name, "PRICE": price}, actor=admin)
    return made


@pytest.fixture
def price(list_: List) -> Field:
    return list_.fields.get()


def values(list_: List, actor: Employee, code: str = "PRICE") -> dict[str, Any]:
    list_.refresh_from_db()
    schema = schema_of(list_)
    return {row.name: schema[code].read(row) for row in elements(schema, actor)}


def test_preview_tells_what_does_not_fit(admin: Employee, price: Field) -> None:
    preview = preview_type_change(price.pk, NUMBER, actor=admin)
    assert (preview.filled, preview.misfits) == (3, 1)
    assert preview.samples[0][:2] == ("дорого", 1)


def test_values_are_converted_and_come_back(admin: Employee, list_: List, price: Field) -> None:
    change = change_type(price.pk, NUMBER, actor=admin)
    assert change.misfits == 1
    assert values(list_, admin) == {"а": Decimal("1200.50"), "б": None, "в": None, "г": 7}
    undo_type_change(change.field.list_id, change.pk, actor=admin)
    assert values(list_, admin) == {"а": "1 200,50", "б": "дорого", "в": None, "г": "7"}


def test_confirmed_change_drops_the_old_column(admin: Employee, list_: List, price: Field) -> None:
    change = change_type(price.pk, NUMBER, actor=admin)
    confirm_type_change(change.field.list_id, change.pk, actor=admin)
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


HTML = "<p><b>x</b> y</p>"


@pytest.mark.parametrize(("slug", "value"), [("string", "a; b"), ("html", HTML)])
def test_one_value_becomes_several_as_it_is(
    admin: Employee, list_: List, slug: str, value: str
) -> None:
    field = fields.create_field(list_.pk, slug, actor=admin, name="Ещё", code="MORE")
    create_element(list_.pk, {"NAME": "д", "MORE": value}, actor=admin)
    several = Target(slug, multiple=True, settings={})
    assert preview_type_change(field.pk, several, actor=admin).misfits == 0
    change_type(field.pk, several, actor=admin)
    assert values(list_, admin, "MORE")["д"] == [value]
    change_type(field.pk, Target(slug, multiple=False, settings={}), actor=admin)
    assert values(list_, admin, "MORE")["д"] == value


def test_several_values_do_not_fit_into_one(admin: Employee, list_: List) -> None:
    field = fields.create_field(
        list_.pk, "string", actor=admin, name="Ещё", code="MORE", multiple=True
    )
    create_element(list_.pk, {"NAME": "д", "MORE": ["a", "b"]}, actor=admin)
    one = Target("string", multiple=False, settings={})
    assert preview_type_change(field.pk, one, actor=admin).misfits == 1


def test_links_to_namesakes_survive(admin: Employee, list_: List) -> None:
    twins = [create_element(list_.pk, {"NAME": "близнец"}, actor=admin).pk for _n in range(2)]
    field = fields.create_field(
        list_.pk, "element", actor=admin, name="Кто", code="WHO", settings={"list": list_.pk}
    )
    create_element(list_.pk, {"NAME": "д", "WHO": twins[1]}, actor=admin)
    change_type(field.pk, Target("element", multiple=True, settings=field.settings), actor=admin)
    assert values(list_, admin, "WHO")["д"] == [twins[1]]


def test_killed_conversion_does_not_stand_in_the_way(
    admin: Employee, list_: List, price: Field
) -> None:
    becoming = copy(price)
    becoming.column = f"f{price.pk}v2"
    ddl.add_columns(list_.pk, SchemaField.of(becoming))
    assert change_type(price.pk, NUMBER, actor=admin).misfits == 1


def test_uniqueness_ends_with_the_type_and_comes_back(admin: Employee, list_: List) -> None:
    sku = fields.create_field(
        list_.pk, "string", actor=admin, name="Артикул", code="SKU", unique=True
    )
    create_element(list_.pk, {"NAME": "д", "SKU": "1"}, actor=admin)
    change = change_type(sku.pk, Target("html", multiple=False, settings={}), actor=admin)
    create_element(list_.pk, {"NAME": "е", "SKU": "1"}, actor=admin)
    assert undo_type_change(change.field.list_id, change.pk, actor=admin).unique
    with pytest.raises(Invalid):
        create_element(list_.pk, {"NAME": "ё", "SKU": "1"}, actor=admin)


def test_purged_field_leaves_no_column(admin: Employee, list_: List, price: Field) -> None:
    change_type(price.pk, NUMBER, actor=admin)
    fields.delete_field(price.pk, actor=admin)
    fields.purge_field(price.pk, actor=admin)
    with connection.cursor() as cursor:
        columns = {
            column.name
            for column in connection.introspection.get_table_description(cursor, f"list_{list_.pk}")
        }
    assert not {name for name in columns if name.startswith(f"f{price.pk}")}


def test_deleted_unique_field_refuses_nothing(admin: Employee, list_: List) -> None:
    sku = fields.create_field(
        list_.pk, "string", actor=admin, name="Артикул", code="SKU", unique=True
    )
    first = create_element(list_.pk, {"NAME": "д", "SKU": "1"}, actor=admin)
    delete_elements(list_.pk, [first.pk], actor=admin)
    create_element(list_.pk, {"NAME": "е", "SKU": "1"}, actor=admin)
    fields.delete_field(sku.pk, actor=admin)
    assert restore_elements(list_.pk, [first.pk], actor=admin) == 1
    assert not fields.restore_field(sku.pk, actor=admin).unique


def test_large_list_is_removed_in_batches(
    admin: Employee, list_: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "BATCH", 3)
    reports: list[tuple[int, int]] = []
    lists.delete_list(list_.pk, actor=admin)
    lists.purge_list(list_.pk, actor=admin, report=lambda *told: reports.append(told))
    assert reports == [(3, 4), (4, 4)]
    assert not List.objects.filter(pk=list_.pk).exists()


def test_broken_copy_goes_to_the_bin(admin: Employee, list_: List) -> None:
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_list(list_.pk, actor=admin, name="К", with_elements=True, report=break_off)
    assert List.objects.get(name="К").deleted_at
