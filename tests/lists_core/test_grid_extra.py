"""Columns and deeds that upper apps add to grids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import format_html

from lists_core.grid.extra import ExtraAction, ExtraColumn, extra_actions, extra_columns
from lists_core.grid.page import open_grid
from lists_core.models import List, ListPreference
from lists_core.services.exports import start_export
from lists_core.services.preferences import save_columns, save_widths
from staff.models import Employee
from svod.base.errors import Invalid
from tests.lists_core.element_world import World, make_world

pytestmark = pytest.mark.django_db
HIDDEN_FROM = "petr"


class Length(ExtraColumn):
    slug = "length"
    label = "Длина"
    asked = 0

    def shown(self, actor: Employee, list_: List) -> bool:
        return actor.username != HIDDEN_FROM

    def cells(self, actor: Employee, list_: List, rows: Sequence[Any]) -> Mapping[int, str]:
        Length.asked += 1
        return {row.pk: format_html("<b>{}</b>", len(row.name)) for row in rows}


@pytest.fixture
def world(db: None) -> Iterator[World]:
    extra_columns.register(Length)
    extra_actions.register(ExtraAction("measure", "Измерить", "ruler", lambda _a, _l: True))
    Length.asked = 0
    yield make_world()
    extra_columns.unregister("length")
    extra_actions.unregister("measure")


def page(client: Client, world: World, person: Employee, **params: str) -> str:
    client.force_login(person, backend="staff.backends.EmployeeBackend")
    return client.get(reverse("list", args=[world.list.pk]), params).content.decode()


def test_a_chosen_column_is_drawn_once_a_page(client: Client, world: World) -> None:
    for name in ("Ель", "Сосна"):
        world.add(name)
    text = page(client, world, world.anna, columns="NAME,length")
    assert '<td aria-readonly="true"><b>3</b></td>' in text
    assert "<b>5</b>" in text
    assert Length.asked == 1
    assert "<b>3</b>" not in page(client, world, world.anna)
    assert Length.asked == 1


def test_it_is_chosen_sized_and_offered_like_others(client: Client, world: World) -> None:
    world.add("Ель")
    save_columns(world.list.pk, ["length", "NAME"], actor=world.anna)
    save_widths(world.list.pk, {"length": 333}, actor=world.anna)
    columns = open_grid(world.anna, world.list.pk, {}).columns
    assert [(one.code, one.width) for one in columns] == [("length", 333), ("NAME", 280)]
    client.force_login(world.anna, backend="staff.backends.EmployeeBackend")
    dialog = client.get(reverse("list_columns", args=[world.list.pk])).content.decode()
    assert 'value="length" checked' in dialog
    state = open_grid(world.anna, world.list.pk, {"sort": "length", "columns": "length"}).state
    assert state.sort == ()
    assert state.columns == ("length",)


def test_who_may_not_see_it_has_no_such_column(client: Client, world: World) -> None:
    world.add("Ель")
    text = page(client, world, world.petr, columns="NAME,length")
    assert "Длина" not in text
    assert Length.asked == 0
    alone = open_grid(world.petr, world.list.pk, {"columns": "length"})
    assert "NAME" in [one.code for one in alone.columns]  # never a grid without columns


def test_an_export_leaves_it_out_and_wrong_columns_are_still_refused(world: World) -> None:
    start_export(world.list, {"columns": "NAME,length"}, actor=world.anna, format="csv")
    with pytest.raises(Invalid):
        start_export(world.list, {"columns": "NAME,other"}, actor=world.anna, format="csv")
    with pytest.raises(Invalid):
        save_columns(world.list.pk, ["other"], actor=world.anna)
    assert not ListPreference.objects.filter(columns__icontains="other").exists()


def test_an_action_stands_in_the_bar(client: Client, world: World) -> None:
    world.add("Ель")
    text = page(client, world, world.anna)
    assert 'data-bulk-act="measure"' in text
    assert "Измерить" in text
