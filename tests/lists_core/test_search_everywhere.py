"""The search of the portal: what it finds, what it must not, what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lists_core.schema.cache import schema_of
from lists_core.selectors import search
from lists_core.selectors.search import search_everywhere
from lists_core.services.elements import create_element, delete_elements
from lists_core.services.lists import create_list, delete_list
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_lists_people_and_elements(client: Client, world: World) -> None:
    world.add("Поставка насосов")
    create_list(actor=world.anna, everyone="edit", name="Поставщики")
    page = text(client.get(reverse("search"), {"q": "постав"}))
    assert "Поставка насосов" in page
    assert "Поставщики" in page
    assert "Петров" in text(client.get(reverse("search"), {"q": "петров"}, headers=HTMX))


def test_every_word_counts_and_signs_are_plain(world: World) -> None:
    world.add("Поставка насосов 100%")
    world.add("Поставка труб")

    def names(words: str) -> list[str]:
        groups = search_everywhere(world.anna, words).groups
        return [name for group in groups for _pk, name in group.elements]

    assert names("НАСОСОВ поставка") == ["Поставка насосов 100%"]
    assert names("100%") == ["Поставка насосов 100%"]
    assert names("п_ставка") == []
    assert names("\x00 \x00") == []


def test_what_is_in_a_bin_is_not_found(world: World) -> None:
    row = world.add("Поставка")
    other = create_list(actor=world.anna, everyone="edit", name="Склад")
    create_element(other.pk, {"NAME": "Поставка"}, actor=world.anna)
    delete_elements(world.list.pk, [row.pk], actor=world.anna)
    delete_list(other.pk, actor=world.anna)
    assert search_everywhere(world.anna, "поставка").is_empty
    world.petr.is_active = False
    assert search_everywhere(world.petr, "договоры").is_empty


def test_more_than_a_few_lead_to_the_list(client: Client, world: World) -> None:
    for number in range(7):
        world.add(f"Насос {number}")
    (group,) = search_everywhere(world.anna, "насос").groups
    assert group.elements[0][1] == "Насос 6"
    assert (len(group.elements), group.more) == (5, True)
    assert f"{world.list.get_absolute_url()}?q=" in text(
        client.get(reverse("search"), {"q": "насос"})
    )


def test_many_lists_cost_a_fixed_number_of_queries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            search_everywhere(world.anna, "насос")
        return len(caught)

    search_everywhere(world.anna, "насос")
    few = cost()
    for number in range(6):
        create_list(actor=world.anna, everyone="edit", name=f"Список {number}")
    search_everywhere(world.anna, "насос")  # compiles their schemas
    assert cost() == few
    monkeypatch.setattr(search, "LISTS_SEARCHED", 3)
    found = search_everywhere(world.anna, "насос")
    assert (found.searched, found.total, found.is_cut) == (3, 7, True)


def test_a_search_out_of_time_says_so(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add("Насос")
    monkeypatch.setattr(search, "BUDGET_S", -1.0)
    found = search_everywhere(world.anna, "насос")
    assert (found.groups, found.searched, found.total) == ([], 0, 1)
    assert "sv-found-cut" in text(client.get(reverse("search"), {"q": "насос"}))


def test_a_slow_list_ends_the_search_not_the_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add("Насос")
    in_list = search._in_list
    asleep = Cast(Func(Value(5.0), function="pg_sleep"), TextField())
    monkeypatch.setattr(search, "BUDGET_S", 0.3)
    monkeypatch.setattr(
        search,
        "_in_list",
        lambda *given: in_list(given[0], [], given[2]).union(
            schema_of(given[0])
            .model.objects.alias(wait=asleep)
            .filter(wait="x")
            .values_list(Value(0), "pk", "name")
        ),
    )
    found = search_everywhere(world.anna, "насос")
    assert (found.groups, found.searched, found.is_cut) == ([], 0, True)
    assert [str(person) for person in search_everywhere(world.anna, "петров").people]


def test_the_empty_box_and_the_stranger(client: Client, world: World) -> None:
    assert client.get(reverse("search")).status_code == 200
    client.logout()
    assert client.get(reverse("search"), {"q": "насос"}).status_code == 302
