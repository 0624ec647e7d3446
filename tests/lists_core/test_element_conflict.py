"""Two writers of one element: nothing is overwritten silently, nothing typed is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from lists_core.models import ElementVersion
from lists_core.schema.cache import schema_of
from lists_core.services.elements import delete_elements, update_element
from tests.lists_core.element_world import HTMX, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


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


def test_fields_that_do_not_meet_merge_after_they_were_shown(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    petr_writes(world, row, PRICE=7)
    url = world.url("element_edit", row.pk)
    data = {"NAME": "Ель", "PRICE": "1", "NOTE": "мой", "version": 1}
    response = client.post(url, data, headers=HTMX)
    page = text(response)
    assert response.status_code == 409
    assert 'value="7.00"' in page or 'value="7"' in page  # the form goes on with their price
    assert 'name="pick-' not in page
    assert client.post(url, {**data, "PRICE": "7", "version": 2}, headers=HTMX).status_code == 204
    schema, now = schema_of(world.list), world.row(row.pk)
    assert (schema["PRICE"].read(now), schema["NOTE"].read(now)) == (7, "мой")


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
