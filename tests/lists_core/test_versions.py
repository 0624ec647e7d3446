"""Versions of an element: two side by side, one brought back whole or by fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lists_core.access import Right
from lists_core.element_tabs import Target, open_target
from lists_core.models import ElementVersion, FieldOption, FileUse, StoredFile
from lists_core.schema.cache import schema_of
from lists_core.selectors.versions import compare
from lists_core.services.elements import update_element
from lists_core.services.restoring import restore_field, restore_version
from svod.base.errors import Forbidden, Invalid, NotFound
from tests.lists_core.element_world import HTMX, World, make_world
from tests.lists_core.file_samples import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    made = make_world()
    client.force_login(made.anna)
    return made


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def write(world: World, row: Any, **values: Any) -> Any:
    version = world.row(row.pk).version
    return update_element(world.list.pk, row.pk, values, version=version, actor=world.petr)


def values(world: World, pk: int, *codes: str) -> tuple[Any, ...]:
    world.list.refresh_from_db()
    row, schema = world.row(pk), schema_of(world.list)
    return tuple(schema[code].read(row) for code in codes)


def target(world: World, pk: int) -> Target:
    return open_target(world.anna, Right.VIEW, world.list.pk, pk)


def restore(world: World, pk: int, version: int, code: str = "") -> Any:
    place = (world.list.pk, pk, version)
    if code:
        return restore_field(*place, code, actor=world.anna)
    return restore_version(*place, actor=world.anna)


def test_a_version_comes_back_whole_as_a_new_one(world: World) -> None:
    row = world.add("Ель", PRICE=1, TAGS=["а"])
    write(world, row, PRICE=2, NOTE="второе")
    write(world, row, NAME="Сосна", PRICE=3, TAGS=["а", "б"])
    done = restore(world, row.pk, 2)
    assert (done.row.version, done.left) == (4, {})
    assert values(world, row.pk, "NAME", "PRICE", "NOTE", "TAGS") == ("Ель", 2, "второе", ["а"])
    last = ElementVersion.objects.filter(element=row.pk).latest("pk")
    assert (last.actor_id, last.version, len(last.changes)) == (world.anna.pk, 4, 3)
    assert restore(world, row.pk, 2).row.version == 4  # nothing differs, nothing is written
    restore(world, row.pk, 3)
    assert values(world, row.pk, "NAME", "PRICE", "NOTE") == ("Сосна", 3, "второе")


def test_one_field_comes_back_and_the_others_stay(world: World) -> None:
    row = world.add("Ель", PRICE=1)
    write(world, row, PRICE=2, NOTE="ново")
    restore(world, row.pk, 1, "PRICE")
    assert values(world, row.pk, "PRICE", "NOTE") == (1, "ново")
    restore(world, row.pk, 1, "NOTE")
    assert values(world, row.pk, "NOTE") == (None,)


def test_what_fits_no_more_is_told_and_the_rest_comes_back(world: World) -> None:
    kind = world.field("list", "KIND")
    option = FieldOption.objects.create(field=kind, name="Хвойное")
    world.list.schema_version += 1
    world.list.save()
    row = world.add("Ель", KIND=option.pk, PRICE=1)
    write(world, row, KIND=None, PRICE=2)
    option.delete()
    world.list.schema_version += 1
    world.list.save()
    done = restore(world, row.pk, 1)
    assert list(done.left) == ["KIND"]
    assert values(world, row.pk, "PRICE", "KIND") == (1, None)
    with pytest.raises(Invalid) as refused:
        restore(world, row.pk, 1, "KIND")
    assert list(refused.value.errors) == ["KIND"]


def test_a_value_taken_meanwhile_brings_nothing_back(world: World) -> None:
    world.field("string", "SKU", unique=True)
    row = world.add("Ель", SKU="1", PRICE=1)
    write(world, row, SKU="2", PRICE=2)
    world.add("Сосна", SKU="1")
    with pytest.raises(Invalid):
        restore(world, row.pk, 1)
    assert values(world, row.pk, "SKU", "PRICE") == ("2", 2)


def test_a_former_file_comes_back_and_one_that_is_gone_holds_up_nothing(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    for code in ("PAPER", "SCAN"):
        world.field("file", code, settings={"kinds": "any"})
    paper, scan = stored(world.petr, "акт.pdf"), stored(world.petr, "скан.pdf")
    row = world.add("Ель", PRICE=1)
    write(world, row, PAPER=paper.pk, SCAN=scan.pk)
    write(world, row, PRICE=2, PAPER=None, SCAN=None)
    StoredFile.objects.filter(pk=scan.pk).delete()
    done = restore(world, row.pk, 2)  # by Anna, who uploaded neither
    assert list(done.left) == ["SCAN"]
    assert values(world, row.pk, "PRICE", "PAPER", "SCAN") == (1, paper.pk, None)
    assert FileUse.objects.get(element=row.pk).file == paper
    with pytest.raises(Invalid):
        restore(world, row.pk, 2, "SCAN")


def test_fixed_fields_and_secrets_stay(world: World) -> None:
    fixed = world.field("string", "FIXED", readonly_in_edit=True)
    world.field("secret", "KEY")
    row = world.add("Ель", FIXED="было", KEY="раз")
    write(world, row, FIXED="стало", KEY="два")
    before = values(world, row.pk, "KEY")
    assert list(restore(world, row.pk, 1).left) == ["FIXED"]
    assert values(world, row.pk, "FIXED", "KEY") == ("стало", *before)
    for code, error in (("KEY", Forbidden), (fixed.code, Forbidden), ("NEVER", NotFound)):
        with pytest.raises(error):
            restore(world, row.pk, 1, code)
    for version in (0, 9):
        with pytest.raises(NotFound):
            restore(world, row.pk, version)


def test_two_versions_side_by_side(world: World) -> None:
    world.field("secret", "KEY")
    row = world.add("Ель", PRICE=1, KEY="раз")
    write(world, row, PRICE=2, NOTE="<b>", KEY="два")
    write(world, row, PRICE=1)
    with CaptureQueriesContext(connection) as few:
        told = compare(target(world, row.pk), 3, 1)
    assert (told.old.version, told.new.version, told.new.current) == (1, 3, True)
    assert str(told.old.by) == str(world.anna)
    assert [(pair.field.code, pair.fits) for pair in told.differing] == [
        ("NOTE", True),
        ("KEY", False),
    ]
    assert "&lt;b&gt;" in told.differing[0].new
    assert "раз" not in str(told.differing[1])
    for number in range(8):
        write(world, row, PRICE=number, NOTE=str(number))
    with CaptureQueriesContext(connection) as many:
        compare(target(world, row.pk), 2, 9)
    assert len(many) == len(few)
    with pytest.raises(NotFound):
        compare(target(world, row.pk), 1, 99)


def test_the_pages(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    write(world, row, PRICE=2, NOTE="ново")
    write(world, row, PRICE=3)
    history = text(client.get(world.url("element_history", row.pk), headers=HTMX))
    assert 'value="2:"' in history  # the version
    assert 'value="2:PRICE"' in history  # the value before the third
    assert 'value="3:"' not in history  # that is what stands there
    address = world.url("element_compare", row.pk)
    two = text(client.get(address, {"v": ["1", "2", "x"]}, headers=HTMX))
    assert "ново" in two
    assert 'value="1:NOTE"' in two
    for asked in ({}, {"v": "1"}, {"v": ["1", "3"]}):
        assert client.get(address, asked).status_code == 200
    for asked in ({"v": "99"}, {"v": "0"}):
        assert client.get(address, asked).status_code == 404


def test_bringing_back_through_the_page(client: Client, world: World) -> None:
    row = world.add("Ель", PRICE=1)
    write(world, row, PRICE=2, NOTE="ново")
    address = world.url("element_history_restore", row.pk)
    response = client.post(address, {"to": "1:PRICE"}, headers=HTMX)
    assert response.status_code == 200
    assert "elements-changed" in json.loads(response["HX-Trigger"])
    assert values(world, row.pk, "PRICE", "NOTE") == (1, "ново")
    assert client.post(address, {"to": "1:"}).status_code == 302
    assert values(world, row.pk, "NOTE") == (None,)
    for wrong in ("", "x:", "9:", "1:NEVER", ":PRICE"):
        assert client.post(address, {"to": wrong}, headers=HTMX).status_code == 404
    assert client.get(address).status_code == 405
