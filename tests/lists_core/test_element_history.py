"""The history tab, delete with undo, the bin, the neighbours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lists_core.models import ElementVersion
from lists_core.schema.cache import schema_of
from lists_core.selectors.history import PAGE, history_of
from lists_core.services.elements import delete_elements, restore_elements, update_element
from lists_core.services.fields import delete_field
from tests.lists_core.element_world import HTMX, PRICE, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def write(world: World, row: Any, **values: Any) -> Any:
    now = world.row(row.pk)
    return update_element(world.list.pk, row.pk, values, version=now.version, actor=world.petr)


def entries(world: World, row: Any) -> list[Any]:
    return list(history_of(schema_of(world.list), row.pk, actor=world.anna).entries)


def test_who_wrote_what_newest_first(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=PRICE)
    write(world, row, PRICE=None, NOTE="<b>")
    newest, first = entries(world, row)
    assert (str(newest.version.actor), newest.version.kind) == (str(world.petr), "changed")
    assert {change.name: (change.old, change.new) for change in newest.changes} == {
        "Price": (newest.changes[0].old, ""),
        "Note": ("", newest.changes[1].new),
    }
    assert "12" in newest.changes[0].old
    assert "&lt;b&gt;" in newest.changes[1].new
    assert first.version.kind == "created"
    page = text(client.get(world.url("element_history", row.pk), headers=HTMX))
    assert page.index("Петров") < page.index("Иванова")
    assert "<details>" in page  # initial values are folded


def test_deleted_fields_and_unreadable_values_keep_their_words(world: World) -> None:
    field = world.field("string", "OLD")
    row = world.add("Ель", OLD="x")
    write(world, row, OLD="y", PRICE=3)
    delete_field(field.pk, actor=world.anna)
    world.list.refresh_from_db()
    price = schema_of(world.list)["PRICE"].key
    version = ElementVersion.objects.filter(element=row.pk).latest("pk")
    version.changes[price] = ["не число", ["странно"]]
    version.changes["f999999"] = ["a", "b"]
    version.save()
    changes = {change.name: change for change in entries(world, row)[0].changes}
    assert (changes["Old"].old, changes["Old"].new, changes["Old"].gone) == ("x", "y", True)
    assert "не число" in changes["Price"].old
    assert "sv-unreadable" in changes["Price"].old
    assert any("f999999" not in name and change.gone for name, change in changes.items())


def test_show_more_goes_on_where_the_page_ended(client: Client, world: World) -> None:
    row = world.add("Ель")
    for number in range(PAGE + 4):
        write(world, row, PRICE=number + 1)
    url = world.url("element_history", row.pk)
    first = history_of(schema_of(world.list), row.pk, actor=world.anna)
    assert len(first.entries) == PAGE
    rest = client.get(f"{url}?before={first.before}", headers=HTMX)
    assert text(rest).count("sv-history-entry") == 5
    assert "svod-element" not in text(rest)
    assert client.get(f"{url}?before=zzz").status_code == 200


def test_history_costs_a_fixed_number_of_queries(world: World) -> None:
    world.field("employee", "OWNER")
    row = world.add("Ель")

    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            entries(world, row)
        return len(caught)

    write(world, row, OWNER=world.anna.pk, PRICE=1)
    few = cost()
    for number in range(10):
        owner = (world.petr if number % 2 else world.anna).pk
        write(world, row, OWNER=owner, PRICE=number, NOTE=str(number))
    assert cost() == few


def test_delete_offers_to_take_it_back(client: Client, world: World) -> None:
    row = world.add("Ель")
    response = client.post(world.url("element_delete", row.pk), headers=HTMX)
    events = json.loads(response["HX-Trigger"])
    assert events["elements-changed"]["ids"] == [row.pk]
    undo = events["toast"]["toasts"][0]["undo"]
    assert world.row(row.pk).deleted_at
    back = client.post(undo, headers=HTMX)
    assert "elements-changed" in json.loads(back["HX-Trigger"])
    assert world.row(row.pk).deleted_at is None
    assert client.get(world.url("element_delete", row.pk)).status_code == 405


def test_the_bin_lists_searches_and_brings_back(client: Client, world: World) -> None:
    kept, gone, other = world.add("Ель"), world.add("Сосна"), world.add("Дуб")
    delete_elements(world.list.pk, [gone.pk, other.pk], actor=world.petr)
    page = text(client.get(world.url("elements_bin")))
    assert "Сосна" in page
    assert "Петров" in page
    assert "Ель" not in page
    found = text(client.get(f"{world.url('elements_bin')}?q=дуб", headers=HTMX))
    assert "Дуб" in found
    assert "Сосна" not in found
    client.post(world.url("elements_restore"), {"id": [gone.pk, kept.pk, "zzz", 10**18]})
    assert world.row(gone.pk).deleted_at is None
    assert world.row(kept.pk).version == 1


def test_a_value_taken_meanwhile_keeps_the_element_in_the_bin(client: Client, world: World) -> None:
    world.field("string", "SKU", unique=True)
    row = world.add("Ель", SKU="1")
    delete_elements(world.list.pk, [row.pk], actor=world.anna)
    world.add("Сосна", SKU="1")
    response = client.post(f"{world.url('elements_restore')}?id={row.pk}", headers=HTMX)
    note = json.loads(response["HX-Trigger"])["toast"]["toasts"][0]
    assert (note["level"], note["text"].startswith("Sku: ")) == ("error", True)
    assert world.row(row.pk).deleted_at


def test_neighbours_follow_the_grid(client: Client, world: World) -> None:
    rows = [world.add(name) for name in ("в", "а", "б")]
    by_name = f"{world.url('element_neighbours', rows[2].pk)}?sort=NAME&drawer=1"
    page = text(client.get(by_name, headers=HTMX))
    before, after = world.url("element", rows[1].pk), world.url("element", rows[0].pk)
    assert page.index(before) < page.index(after)
    assert "sort=NAME" in page
    only = urlencode({"filter": '{"and":[{"field":"NAME","op":"contains","value":"а"}]}'})
    grid = {"HX-Current-URL": f"http://testserver{world.list.get_absolute_url()}?{only}", **HTMX}
    alone = text(client.get(world.url("element_neighbours", rows[1].pk), headers=grid))
    assert "<a" not in alone
    broken = f"{world.url('element_neighbours', rows[1].pk)}?filter=%7B&sort=NOPE&page=x"
    assert client.get(broken).status_code == 200


def test_restored_versions_count_on(world: World) -> None:
    row = world.add("Ель")
    delete_elements(world.list.pk, [row.pk], actor=world.anna)
    restore_elements(world.list.pk, [row.pk], actor=world.anna)
    assert world.row(row.pk).version == 3
    assert [entry.version.kind for entry in entries(world, row)] == [
        "restored",
        "deleted",
        "created",
    ]
