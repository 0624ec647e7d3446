"""A page of a list as JSON: the same rows as the table, and nothing that the table would hide."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.models import List
from lists_core.services import fields, lists
from lists_core.services.elements import create_element
from staff.models import Employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Employee:
    return Employee.objects.create_superuser("admin", "admin@svod.example", "x")


@pytest.fixture
def goods(admin: Employee) -> List:
    secret = lists.create_list(actor=admin, everyone="none", name="Тайное")
    list_ = lists.create_list(actor=admin, everyone="view", name="Товары")
    exact = {"precision": 2}
    fields.create_field(list_.pk, "number", actor=admin, name="Цена", code="PRICE", settings=exact)
    fields.create_field(
        list_.pk, "element", actor=admin, name="Из тайного", code="FROM",
        settings={"list": secret.pk}, multiple=True,
    )  # fmt: skip
    hidden = create_element(secret.pk, {"NAME": "Никому"}, actor=admin)
    for number in range(1, 13):
        values = {"NAME": f"Товар {number}", "PRICE": Decimal("1.50") * number}
        create_element(list_.pk, {**values, "FROM": [hidden.pk]}, actor=admin)
    list_.refresh_from_db()
    return list_


def ask(client: Client, person: Employee, list_: List, **query: Any) -> Any:
    client.force_login(person, backend="staff.backends.EmployeeBackend")
    return client.get(reverse("list_data", args=[list_.pk]), query)


def test_pages_follow_each_other(client: Client, admin: Employee, goods: List) -> None:
    dear = {"and": [{"field": "PRICE", "op": "gt", "value": ["2"]}]}
    first = ask(client, admin, goods, filter=json.dumps(dear), sort="PRICE", size="10").json()
    assert [row["fields"]["PRICE"] for row in first["elements"]][:2] == [
        "3.00",
        "4.50",
    ]
    assert (first["count"], first["exact"], first["notices"]) == (11, True, [])
    rest = client.get(reverse("list_data", args=[goods.pk]) + first["next"]).json()
    assert [row["fields"]["NAME"] for row in rest["elements"]] == ["Товар 12"]
    assert rest["next"] == ""


@pytest.mark.parametrize("sort", ["", "PRICE", "-PRICE", "NAME", "CREATED_BY"])
def test_pages_hold_each_element_once_while_others_write(
    client: Client, admin: Employee, goods: List, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("lists_core.grid.state.PAGE_SIZES", (5,))
    page = ask(client, admin, goods, sort=sort, size="5").json()
    got = [row["fields"]["NAME"] for row in page["elements"]]
    while page["next"]:
        for price in (0, 1_000):  # before what is read, whichever way
            create_element(goods.pk, {"NAME": f"А {price}", "PRICE": price}, actor=admin)
        page = client.get(reverse("list_data", args=[goods.pk]) + page["next"]).json()
        got += [row["fields"]["NAME"] for row in page["elements"]]
        if len(got) > 12:
            break
    old = [name for name in got if name.startswith("Товар")]
    assert (len(old), set(old)) == (12, {f"Товар {number}" for number in range(1, 13)})


def test_a_place_of_somebodys_own_making_is_not_found(
    client: Client, admin: Employee, goods: List
) -> None:
    for place in ("{", "5", "[1]", '[1, ["вздор"]]', "[1, []]", '[1, {"x": 1}]', '[1, "x"]'):
        assert ask(client, admin, goods, sort="PRICE", after=place).status_code == 404


def test_columns_choose_the_fields(client: Client, admin: Employee, goods: List) -> None:
    found = ask(client, admin, goods, columns="NAME,PRICE", size="10").json()["elements"]
    assert list(found[0]["fields"]) == ["NAME", "PRICE"]


def test_what_one_may_not_see_is_no_number_either(
    client: Client, admin: Employee, goods: List
) -> None:
    mine = ask(client, admin, goods).json()["elements"][0]["fields"]["FROM"]
    assert [one["title"] for one in mine] == ["Никому"]
    other = Employee.objects.create_user("anna", "anna@svod.example", "x")
    theirs = ask(client, other, goods).json()["elements"][0]["fields"]["FROM"]
    assert theirs == []


@pytest.mark.parametrize("sort", ["", "PRICE"])
def test_queries_do_not_grow_with_the_rows(
    client: Client, admin: Employee, goods: List, sort: str
) -> None:
    """Nor is one needed for the place where a page ends."""

    def asked(size: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert ask(client, admin, goods, size=size, sort=sort).status_code == 200
        return len(caught)

    asked("10")
    few = asked("10")
    for number in range(20):
        create_element(goods.pk, {"NAME": f"Ещё {number}"}, actor=admin)
    assert asked("50") == few
