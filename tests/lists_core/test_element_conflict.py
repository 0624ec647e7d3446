"""Two writers of one element: nothing is overwritten silently, nothing typed is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lists_core.models import ElementVersion
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors import history
from lists_core.services.elements import Changed, delete_elements, update_element
from lists_core.services.listeners import ElementListener, Write, listeners
from lists_core.services.type_changes import Target, change_type
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


class Rule(ElementListener):
    """A note sets the price, as a booked flat sets the amount of its deal."""

    slug = "test.rule"

    def hears(self, schema: Schema) -> bool:
        return "NOTE" in schema.by_code

    def before(self, write: Write) -> None:
        if write.touches("NOTE"):
            write.set("PRICE", Decimal(100))


@pytest.fixture
def rule() -> Iterator[None]:
    listeners.register(Rule)
    yield
    listeners.unregister(Rule.slug)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def petr_writes(world: World, row: Any, **values: Any) -> None:
    update_element(world.list.pk, row.pk, values, version=row.version, actor=world.petr)


def test_one_field_changed_by_both_is_asked_about(client: Client, world: World) -> None:
    row = world.add("Ель", NOTE="было")
    petr_writes(world, row, NOTE="его текст")
    url = world.url("element_edit", row.pk)
    data = {"NAME": "Ель", "NOTE": "мой текст", "version": 1}
    response = client.post(url, data, headers=HTMX)
    page = text(response)
    assert response.status_code == 409
    assert "Петров" in page
    assert page.count("мой текст") >= 2  # side by side, and in the control
    assert "его текст" in page
    assert 'name="version" value="2"' in page
    assert world.row(row.pk).version == 2

    unanswered = client.post(url, {**data, "version": 2, "asked": "NOTE"}, headers=HTMX)
    assert unanswered.status_code == 409
    assert world.row(row.pk).version == 2

    theirs = {**data, "version": 2, "asked": "NOTE", "pick-NOTE": "theirs", "NAME": "Ёлка"}
    assert client.post(url, theirs, headers=HTMX).status_code == 204
    now = world.row(row.pk)
    assert (now.name, schema_of(world.list)["NOTE"].read(now)) == ("Ёлка", "его текст")


def test_mine_is_kept_when_chosen(client: Client, world: World) -> None:
    row = world.add("Ель")
    petr_writes(world, row, NOTE="его")
    data = {"NAME": "Ель", "NOTE": "мой", "version": 2, "asked": "NOTE", "pick-NOTE": "mine"}
    assert client.post(world.url("element_edit", row.pk), data, headers=HTMX).status_code == 204
    assert schema_of(world.list)["NOTE"].read(world.row(row.pk)) == "мой"


def test_fields_that_do_not_meet_merge_by_themselves(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    petr_writes(world, row, PRICE=7)
    data = {"NAME": "Ель", "PRICE": "1", "NOTE": "мой", "version": 1}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert response.status_code == 204
    assert "Петров" in said(response)
    assert "Price" in said(response)
    schema, now = schema_of(world.list), world.row(row.pk)
    assert (schema["PRICE"].read(now), schema["NOTE"].read(now)) == (7, "мой")


def test_a_field_of_both_is_asked_about_and_the_rest_merges(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1, NOTE="было")
    petr_writes(world, row, PRICE=7, NOTE="его")
    url = world.url("element_edit", row.pk)
    data = {"NAME": "Ель", "PRICE": "1", "NOTE": "мой", "version": 1}
    page = text(client.post(url, data, headers=HTMX))
    assert 'name="pick-NOTE"' in page
    assert 'name="pick-PRICE"' not in page
    assert 'value="7' in page  # the form goes on with their price
    mine = {**data, "PRICE": "7", "version": 2, "asked": "NOTE", "pick-NOTE": "mine"}
    assert client.post(url, mine, headers=HTMX).status_code == 204
    schema, now = schema_of(world.list), world.row(row.pk)
    assert (schema["PRICE"].read(now), schema["NOTE"].read(now)) == (7, "мой")


def test_a_secret_that_both_typed_is_not_lost_silently(client: Client, world: World) -> None:
    world.field("secret", "KEY")
    row = world.add("Ель")
    petr_writes(world, row, KEY="его ключ")
    data = {"NAME": "Ель", "KEY": "мой ключ", "version": 1}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert response.status_code == 409
    assert "мой ключ" not in text(response)
    assert world.row(row.pk).version == 2


def test_the_service_merges_and_refuses_the_same_field(world: World) -> None:
    row = world.add("Ель")
    petr_writes(world, row, PRICE=7)
    write = {"NOTE": "мой"}
    update_element(world.list.pk, row.pk, write, version=1, actor=world.anna)
    assert world.row(row.pk).version == 3
    same = {"PRICE": 7, "NOTE": "мой"}  # what stands there already overwrites nobody
    update_element(world.list.pk, row.pk, same, version=1, actor=world.anna)
    for version in (1, 99):
        with pytest.raises(Changed):
            update_element(world.list.pk, row.pk, {"PRICE": 8}, version=version, actor=world.anna)
    with pytest.raises(Changed):  # whoever wrote from all that they read does not merge
        update_element(
            world.list.pk, row.pk, {"NAME": "Дуб"}, version=2, actor=world.anna, strict=True
        )


def test_a_change_of_type_between_hides_no_writer(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    petr_writes(world, row, PRICE=7)
    price = world.list.fields.get(code="PRICE")
    change_type(price.pk, Target("string", multiple=False, settings={}), actor=world.anna)
    world.list.refresh_from_db()
    data = {"NAME": "Ель", "PRICE": "1", "NOTE": "мой", "version": 1}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert (response.status_code, 'name="pick-PRICE"' in text(response)) == (409, True)
    with pytest.raises(Changed):
        update_element(world.list.pk, row.pk, {"PRICE": "1"}, version=1, actor=world.anna)
    cell = reverse("list_cell", args=[world.list.pk, row.pk, "PRICE"])
    assert client.post(cell, {"value": "1", "version": 1}, headers=HTMX).status_code == 409
    assert schema_of(world.list)["PRICE"].read(world.row(row.pk)) == "7,00"


def test_what_is_too_long_ago_to_be_compared_is_not_written_over(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SCANNED", 1)
    row = world.add("Ель", NOTE="было")
    petr_writes(world, row, NOTE="его")
    petr_writes(world, world.row(row.pk), PRICE=7)
    data = {"NAME": "Ель", "NOTE": "мой", "version": 1}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert (response.status_code, "мой" in text(response)) == (409, True)
    assert schema_of(world.list)["NOTE"].read(world.row(row.pk)) == "его"


@pytest.mark.usefixtures("rule")
def test_a_rule_writes_over_nobody_unseen(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    petr_writes(world, row, PRICE=7)
    url = world.url("element_edit", row.pk)
    data = {"NAME": "Ель", "PRICE": "1", "NOTE": "мой", "version": 1}
    asked = client.post(url, data, headers=HTMX)
    page = text(asked)
    assert asked.status_code == 409
    assert ("Петров" in page, "мой" in page, 'name="pick-' in page) == (True, True, False)
    assert 'name="version" value="2"' in page
    cell = reverse("list_cell", args=[world.list.pk, row.pk, "NOTE"])
    asked = client.post(cell, {"value": "мой", "version": 1}, headers=HTMX)
    assert (asked.status_code, "Price" in text(asked)) == (409, True)
    schema = schema_of(world.list)
    assert schema["PRICE"].read(world.row(row.pk)) == 7
    assert client.post(url, {**data, "PRICE": "7", "version": 2}, headers=HTMX).status_code == 204
    assert schema["PRICE"].read(world.row(row.pk)) == 100


def test_a_cell_merges_with_another_and_asks_over_the_same(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    petr_writes(world, row, PRICE=7)
    note, price = (reverse("list_cell", args=[world.list.pk, row.pk, c]) for c in ("NOTE", "PRICE"))
    merged = client.post(note, {"value": "мой", "version": 1}, headers=HTMX)
    assert (merged.status_code, "мой" in text(merged), "7" in text(merged)) == (200, True, True)
    asked = client.post(price, {"value": "9", "version": 1}, headers=HTMX)
    assert asked.status_code == 409
    assert "Петров" in text(asked)
    assert 'value="9"' in text(asked)


def test_both_wrote_the_same(client: Client, world: World) -> None:
    row = world.add("Ель")
    petr_writes(world, row, NOTE="одно")
    data = {"NAME": "Ель", "NOTE": "одно", "version": 1}
    assert client.post(world.url("element_edit", row.pk), data, headers=HTMX).status_code == 204


def test_a_third_writer_between_is_met_again(client: Client, world: World) -> None:
    row = world.add("Ель")
    petr_writes(world, row, NOTE="раз")
    petr_writes(world, world.row(row.pk), NOTE="два")
    data = {"NAME": "Ель", "NOTE": "мой", "version": 2, "asked": "NOTE", "pick-NOTE": "mine"}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert response.status_code == 409
    assert "два" in text(response)


def test_deleted_meanwhile_keeps_what_was_typed(client: Client, world: World) -> None:
    row = world.add("Ель")
    delete_elements(world.list.pk, [row.pk], actor=world.petr)
    url = world.url("element_edit", row.pk)
    data = {"NAME": "Ель", "NOTE": "долго писала", "version": 1}
    response = client.post(url, data, headers=HTMX)
    page = text(response)
    assert response.status_code == 409
    assert "долго писала" in page
    assert "Петров" in page
    assert client.post(url, {**data, "restore": "1"}, headers=HTMX).status_code == 204
    now = world.row(row.pk)
    assert (now.deleted_at, schema_of(world.list)["NOTE"].read(now)) == (None, "долго писала")
    kinds = ElementVersion.objects.filter(element=row.pk).values_list("kind", flat=True)
    assert list(kinds) == ["changed", "restored", "deleted", "created"]


def test_a_change_before_the_deletion_is_still_asked_about(client: Client, world: World) -> None:
    row = world.add("Ель")
    petr_writes(world, row, NOTE="его")
    delete_elements(world.list.pk, [row.pk], actor=world.petr)
    data = {"NAME": "Ель", "NOTE": "мой", "version": 1, "restore": "1"}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert response.status_code == 409
    assert 'name="pick-NOTE"' in text(response)


def test_a_version_that_never_was_saves_nothing(client: Client, world: World) -> None:
    row = world.add("Ель", NOTE="было")
    petr_writes(world, row, NOTE="его")
    data = {"NAME": "Ель", "NOTE": "мой", "version": 99}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert response.status_code == 422
    assert "мой" in text(response)
    assert "Откройте её заново" in text(response)
    now = world.row(row.pk)
    assert (now.version, schema_of(world.list)["NOTE"].read(now)) == (2, "его")


def test_a_restore_that_clashes_says_why_and_keeps_the_text(client: Client, world: World) -> None:
    world.field("string", "SKU", unique=True)
    row = world.add("Ель", SKU="1")
    delete_elements(world.list.pk, [row.pk], actor=world.petr)
    world.add("Ёлка", SKU="1")
    data = {"NAME": "Ель", "NOTE": "долго писала", "SKU": "1", "version": 1, "restore": "1"}
    response = client.post(world.url("element_edit", row.pk), data, headers=HTMX)
    assert response.status_code == 409
    assert "долго писала" in text(response)
    assert "Sku: " in said(response)
    assert world.row(row.pk).deleted_at is not None


def test_a_copy_that_cannot_be_says_why(client: Client, world: World) -> None:
    """A unique value is left out of a copy, so a required one is missing."""
    world.field("string", "SKU", unique=True, required=True)
    row = world.add("Ель", SKU="1")
    response = client.post(world.url("list_row_copy", row.pk), headers=HTMX)
    assert response.status_code == 204
    assert "Sku: " in said(response)


def said(response: Any) -> str:
    """The text of the answer's toasts."""
    return json.dumps(json.loads(response["HX-Trigger"]), ensure_ascii=False)
