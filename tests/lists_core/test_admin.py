"""The Django admin: pages open, a field added there gets its column, refusals are shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from lists_core.models import Field, List
from lists_core.schema.cache import forget_schemas, schema_of
from lists_core.services.elements import create_element
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from staff.models import Employee

pytestmark = pytest.mark.django_db
OURS = [model for model in admin.site._registry if model._meta.app_label == "lists_core"]


@pytest.fixture
def root(client: Client) -> Employee:
    forget_schemas()
    person = Employee.objects.create_superuser("root", "root@svod.example", "x")
    client.force_login(person)
    return person


@pytest.fixture
def goods(root: Employee) -> List:
    list_ = create_list(actor=root, everyone="edit", name="Товары")
    create_field(list_.pk, "string", actor=root, name="Артикул", code="SKU")
    create_element(list_.pk, {"NAME": "Ель", "SKU": "1"}, actor=root)
    return list_


def page_of(list_: List, **fields: Any) -> dict[str, Any]:
    """The POST of the list's page with one inline of fields."""
    sku = list_.fields.get(code="SKU")
    shared = {"type": "string", "sort": 500, "settings": "{}", "hint": "", "show_in_list": "on"}
    rows = [{"id": sku.pk, "list": list_.pk, "name": sku.name, "code": "SKU", **shared}]
    rows += [{"list": list_.pk, **shared, **fields}] if fields else []
    inline = {
        f"fields-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()
    }
    counts = {"fields-TOTAL_FORMS": len(rows), "fields-INITIAL_FORMS": 1}
    own = {"name": "Товары", "icon": "box", "color": "blue", "sort": 500, "captions": "{}"}
    return {**own, **counts, **inline}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_page_opens(client: Client, goods: List, model: Any) -> None:
    assert (
        client.get(reverse(f"admin:lists_core_{model._meta.model_name}_changelist")).status_code
        == 200
    )


def test_field_added_in_admin_gets_its_column(client: Client, goods: List) -> None:
    url = reverse("admin:lists_core_list_change", args=[goods.pk])
    answer = client.post(url, page_of(goods, name="Цена", code="PRICE", type="number"))
    assert answer.status_code == 302, answer.context["errors"]
    goods.refresh_from_db()
    row = create_element(goods.pk, {"NAME": "Пихта", "PRICE": 5}, actor=Employee.objects.get())
    assert schema_of(goods)["PRICE"].read(row) == 5


def test_refusal_is_shown(client: Client, goods: List) -> None:
    url = reverse("admin:lists_core_list_change", args=[goods.pk])
    answer = client.post(url, {**page_of(goods, name="Ещё", code="SKU"), "name": "Склад"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'class="errornote"' in page
    assert answer.context["adminform"].form.non_field_errors()
    assert [f'value="{typed}"' in page for typed in ("Ещё", "Склад")] == [True, True]
    assert List.objects.get().name == "Товары"
    assert Field.objects.filter(list=goods).count() == 1


def test_list_made_in_admin_has_a_table(client: Client, root: Employee) -> None:
    counts = {"fields-TOTAL_FORMS": 0, "fields-INITIAL_FORMS": 0}
    data = {
        "name": "Новый",
        "icon": "box",
        "color": "blue",
        "sort": 500,
        "captions": "{}",
        **counts,
    }
    assert client.post(reverse("admin:lists_core_list_add"), data).status_code == 302
    create_element(List.objects.get().pk, {"NAME": "первый"}, actor=root)
