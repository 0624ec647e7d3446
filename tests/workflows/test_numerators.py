"""The page of numerators: who sees what, where numbers go on, that none comes twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.access import Right
from lists_core.services.elements import create_element, update_element
from lists_core.services.rights import set_list_rights
from staff.models import AuditEntry
from staff.subjects import Subject
from svod.base.errors import Invalid
from tests.lists_core.element_world import HTMX, World, make_world
from tests.workflows.processes import begin, step, template_of
from workflows.models import NumeratorList
from workflows.selectors.numerators import numerators
from workflows.services.numerators import create_numerator_list, take_number


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    made.list = create_numerator_list(actor=made.anna)
    made.list.refresh_from_db()
    return made


@pytest.fixture
def pk(world: World) -> int:
    values = {"NAME": "Договоры", "FORMAT": "ДОГ-{number:05}"}
    return int(create_element(world.list.pk, values, actor=world.anna).pk)


def client(person: Any) -> Client:
    made = Client()
    made.force_login(person)
    return made


def shown(response: Any) -> str:
    return str(response.content.decode())


def test_one_click_makes_the_list_with_its_fields(db: None) -> None:
    world = make_world()
    anna = client(world.anna)
    assert "<form" in shown(anna.get(reverse("numerators")))
    anna.post(reverse("numerators_create"))
    list_ = NumeratorList.objects.get().list
    codes = set(list_.fields.values_list("code", flat=True))
    assert codes == {"LAST", "FORMAT", "RESET", "PERIOD"}
    assert client(world.petr).post(reverse("numerators_create")).status_code == 403


def test_the_page_shows_what_comes_next_and_who_took_what(world: World, pk: int) -> None:
    template = template_of([step("next_number", list=world.list.pk, numerator=pk)])
    instance = begin(template, world.anna)
    anna = client(world.anna)
    page = shown(anna.get(reverse("numerators")))
    assert "ДОГ-00002" in page
    numbers = shown(anna.get(reverse("numerator_numbers", args=[world.list.pk, pk])))
    assert "ДОГ-00001" in numbers
    assert f"№ {instance.pk}" in numbers
    assert "Иванова" in numbers


def test_the_next_number_is_set_and_audited(world: World, pk: int) -> None:
    anna = client(world.anna)
    address = reverse("numerator_set", args=[world.list.pk, pk])
    assert anna.get(address).status_code == 200
    assert anna.post(address, {"number": "500"}, headers=HTMX).status_code == 204
    assert take_number(world.list.pk, pk, actor=world.anna).text == "ДОГ-00500"
    entry = AuditEntry.objects.get(event="numerator.set")
    assert (entry.about["before"], entry.about["after"]) == (1, 500)
    refused = anna.post(address, {"number": "500"}, headers=HTMX)
    assert refused.status_code == 422
    assert "500" in shown(refused)
    assert anna.post(address, {"number": "0"}, headers=HTMX).status_code == 422
    assert anna.post(address, {"number": "x"}, headers=HTMX).status_code == 422


def test_rights_are_the_lists_own(world: World, pk: int) -> None:
    petr = client(world.petr)
    address = reverse("numerator_set", args=[world.list.pk, pk])
    assert petr.get(address).status_code == 404
    grants = {
        Subject("U", world.anna.pk): [Right.FULL],
        Subject("U", world.petr.pk): [Right.VIEW],
    }
    set_list_rights(world.list.pk, grants, actor=world.anna)
    assert petr.get(address).status_code == 403
    assert petr.post(address, {"number": "5"}).status_code == 403
    page = shown(petr.get(reverse("numerators")))
    assert "ДОГ-00001" in page
    assert address not in page
    other = make_element_elsewhere(world)
    assert client(world.anna).get(reverse("numerator_numbers", args=other)).status_code == 404


def make_element_elsewhere(world: World) -> list[int]:
    from lists_core.services.lists import create_list

    list_ = create_list(actor=world.anna, name="Другой")
    return [list_.pk, create_element(list_.pk, {"NAME": "x"}, actor=world.anna).pk]


def test_a_number_put_back_by_hand_is_told_and_not_given_twice(world: World, pk: int) -> None:
    take_number(world.list.pk, pk, actor=world.anna)
    row = world.row(pk)
    update_element(world.list.pk, pk, {"LAST": None}, version=row.version, actor=world.anna)
    with pytest.raises(Invalid) as error:
        take_number(world.list.pk, pk, actor=world.anna)
    assert "ДОГ-00001" in str(error.value.errors)


def test_the_page_asks_as_much_for_many_numerators_as_for_one(
    world: World, pk: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        create_element(world.list.pk, {"NAME": f"Н{number}"}, actor=world.anna)
    with django_assert_max_num_queries(12):
        assert len(numerators(world.anna, world.list)) == 21
