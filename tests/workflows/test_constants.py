"""Constants of the portal: administrators keep them, every process may ask for them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from staff.models import Employee
from tests.workflows.processes import begin, put, step, template_of, variables
from workflows.models import PortalConstant
from workflows.selectors.constants import constant_values
from workflows.services.constants import constant_kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Employee:
    return Employee.objects.create_superuser("boss", "boss@svod.example", "x", last_name="Бусс")


@pytest.fixture
def admin(client: Client, boss: Employee) -> Client:
    client.force_login(boss)
    return client


def test_a_constant_is_made_and_given_a_value(admin: Client) -> None:
    new = {"name": "Лимит", "code": "limit", "kind": "number", "description": ""}
    made = admin.post(reverse("constant_add"), new)
    constant = PortalConstant.objects.get()
    assert made["Location"] == reverse("constant_edit", args=[constant.pk])
    admin.post(made["Location"], {"name": "Лимит", "code": "limit", "value": "100000"})
    assert constant_values() == {"limit": Decimal(100000)}
    html = admin.get(reverse("constants")).content.decode()
    assert "{{Portal.limit}}" in html


@pytest.mark.parametrize(
    "wrong", [{"code": "не тот"}, {"code": ""}, {"name": ""}, {"kind": "nonsense"}]
)
def test_mistakes_are_told(admin: Client, wrong: dict[str, str]) -> None:
    given = {"name": "Лимит", "code": "limit", "kind": "number"} | wrong
    assert admin.post(reverse("constant_add"), given).status_code == 422
    assert not PortalConstant.objects.exists()


def test_a_wrong_value_and_a_taken_code_are_told(admin: Client) -> None:
    PortalConstant.objects.create(code="a", name="A")
    constant = PortalConstant.objects.create(code="b", name="B", kind="number")
    address = reverse("constant_edit", args=[constant.pk])
    for wrong in ({"value": "много"}, {"code": "a"}):
        given = {"name": "B", "code": "b", "value": "1"} | wrong
        assert admin.post(address, given).status_code == 422


@pytest.mark.parametrize("kind", [kind.slug for kind in constant_kinds()])
def test_every_kind_has_its_control(admin: Client, kind: str) -> None:
    constant = PortalConstant.objects.create(code="a", name="A", kind=kind)
    page = admin.get(reverse("constant_edit", args=[constant.pk]))
    assert 'name="value' in page.content.decode()


def test_administrators_find_the_page_among_processes(client: Client, boss: Employee) -> None:
    link = f'href="{reverse("constants")}"'
    client.force_login(Employee.objects.create_user("petr", "petr@svod.example", "x"))
    assert link not in client.get(reverse("processes")).content.decode()
    client.force_login(boss)
    assert link in client.get(reverse("processes")).content.decode()


def test_others_see_nothing(client: Client) -> None:
    client.force_login(Employee.objects.create_user("petr", "p@svod.example", "x"))
    constant = PortalConstant.objects.create(code="a", name="A")
    for name, args in (("constants", []), ("constant_add", []), ("constant_edit", [constant.pk])):
        assert client.get(reverse(name, args=args)).status_code == 403
    assert client.post(reverse("constant_delete", args=[constant.pk])).status_code == 403


def test_a_process_asks_for_it_and_sees_the_change(boss: Employee, admin: Client) -> None:
    constant = PortalConstant.objects.create(code="city", name="Город", value="Омск")
    one = begin(template_of([put("a", "{{Portal.city}}")]), boss)
    assert variables(one) == {"a": "Омск"}
    admin.post(reverse("constant_delete", args=[constant.pk]))
    wait = step("if", branches=[({"left": "{{Portal.city}}", "op": "empty"}, [put("b", "1")])])
    assert variables(begin(template_of([wait], code="q"), boss)) == {"b": "1"}
