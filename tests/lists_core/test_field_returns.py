"""A deleted field comes back with all that was about it: views, rights, links, uniqueness."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.access import Right, schema_for
from lists_core.models import Field, List, ListView
from lists_core.schema.cache import schema_of
from lists_core.selectors.linking import linked_from, uses_of_list
from lists_core.services import fields, lists
from lists_core.services.elements import create_element
from lists_core.services.rights import set_field_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "a@svod.example", "x", last_name="Админ")


@pytest.fixture
def brands(admin: Employee) -> List:
    return lists.create_list(actor=admin, everyone="edit", name="Марки")


@pytest.fixture
def goods(admin: Employee, brands: List) -> List:
    list_ = lists.create_list(actor=admin, everyone="edit", name="Товары")
    link = {"list": brands.pk, "on_delete": "refuse"}
    fields.create_field(list_.pk, "element", actor=admin, name="Марка", code="BRAND", settings=link)
    fields.create_field(list_.pk, "string", actor=admin, name="Код", code="SKU", unique=True)
    list_.refresh_from_db()
    return list_


def gone(list_: List, code: str, admin: Employee) -> Field:
    return fields.delete_field(list_.fields.get(code=code).pk, actor=admin)


def test_its_view_works_again(client: Client, goods: List, brands: List, admin: Employee) -> None:
    client.force_login(admin, backend="staff.backends.EmployeeBackend")
    elka = create_element(brands.pk, {"NAME": "Ель"}, actor=admin)
    create_element(goods.pk, {"NAME": "С маркой", "BRAND": elka.pk}, actor=admin)
    create_element(goods.pk, {"NAME": "Без марки"}, actor=admin)
    asked = {"and": [{"field": "BRAND", "op": "any_of", "value": [str(elka.pk)]}]}
    state = {"filter": json.dumps(asked), "columns": "NAME,BRAND"}
    view = ListView.objects.create(list=goods, owner=admin, name="Ели", state=state)
    address = f"{reverse('list', args=[goods.pk])}?view={view.pk}"

    def shown() -> tuple[bool, bool]:
        page = client.get(address).content.decode()
        return "С маркой" in page, "Без марки" in page

    assert shown() == (True, False)
    field = gone(goods, "BRAND", admin)
    assert shown() == (True, True)
    assert linked_from(admin, brands.pk, elka.pk) == []
    fields.restore_field(field.pk, actor=admin)
    assert shown() == (True, False)
    assert [use.field.code for use in linked_from(admin, brands.pk, elka.pk)] == ["BRAND"]
    told = [use.count and use.count.number for use in uses_of_list(admin, brands.pk)]
    assert told == [1]


def test_it_is_as_closed_as_before(goods: List, admin: Employee) -> None:
    one, other = (
        Employee.objects.create_user(name, f"{name}@svod.example", "x") for name in ("a1", "b1")
    )
    field = goods.fields.get(code="SKU")
    set_field_rights(
        goods.pk,
        field.pk,
        {Subject("U", one.pk): frozenset({Right.VIEW})},
        view_restricted=True,
        change_restricted=True,
        actor=admin,
    )
    fields.restore_field(gone(goods, "SKU", admin).pk, actor=admin)
    goods.refresh_from_db()
    assert "SKU" in schema_for(one, goods).by_code
    assert "SKU" not in schema_for(other, goods).by_code
    assert schema_of(goods)["SKU"].key in schema_for(one, goods).locked


def test_it_is_unique_again_unless_values_were_repeated(goods: List, admin: Employee) -> None:
    create_element(goods.pk, {"NAME": "один", "SKU": "7"}, actor=admin)
    field = fields.restore_field(gone(goods, "SKU", admin).pk, actor=admin)
    assert field.unique
    with pytest.raises(Invalid):
        create_element(goods.pk, {"NAME": "два", "SKU": "7"}, actor=admin)


def test_a_list_comes_back_with_its_links(goods: List, brands: List, admin: Employee) -> None:
    elka = create_element(brands.pk, {"NAME": "Ель"}, actor=admin)
    row = create_element(goods.pk, {"NAME": "Стул", "BRAND": elka.pk}, actor=admin)
    for list_ in (brands, goods):
        lists.delete_list(list_.pk, actor=admin)
    assert uses_of_list(admin, brands.pk) == []
    for list_ in (goods, brands):
        lists.restore_list(list_.pk, actor=admin)
    uses = linked_from(admin, brands.pk, elka.pk)
    assert [use.elements for use in uses] == [[(row.pk, "Стул")]]
