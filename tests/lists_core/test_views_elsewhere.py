"""Saved views beyond the table: the default one on boards and in calendars, copies of a list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lists_core.boards.board import open_board
from lists_core.calendars import open_calendar
from lists_core.grid.page import open_grid
from lists_core.models import FieldOption, ListView, Section
from lists_core.services import views
from lists_core.services.copies import copy_list
from lists_core.services.sections import create_section
from staff.subjects import EVERYONE
from tests.lists_core.view_world import RED, Viewed, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Viewed:
    return Viewed()


def test_the_default_view_filters_boards_and_calendars_too(own: Viewed) -> None:
    own.world.field("date", "DAY")
    kind = _choice(own)
    views.make_default(own.list.pk, own.view().pk, actor=own.anna)
    board = open_board(own.petr, own.list.pk, {"by": kind.code})
    calendar = open_calendar(own.petr, own.list.pk, {})
    for grid in (board.grid, calendar.grid):
        assert sorted(row.name for row in grid.found) == ["Ель 2", "Ель 3"]
        assert "view=" in grid.state.query()
    plain = open_board(own.petr, own.list.pk, {"by": kind.code, "view": "0"})
    assert plain.grid.found.count() == 4


def _choice(own: Viewed) -> Any:
    kind = own.world.field("list", "KIND")
    for name in ("Сосна", "Ель"):
        FieldOption.objects.create(field=kind, name=name)
    own.list.refresh_from_db()
    return kind


def test_a_copied_list_brings_what_is_shared(own: Viewed) -> None:
    """Options and sections have other ids in the copy; personal views stay where they are."""
    kind = _choice(own)
    section = create_section(own.list.pk, actor=own.anna, name="Хвойные")
    pine = kind.options.get(name="Сосна")
    of_pines = tree(("KIND", "any_of", str(pine.pk)), ("PRICE", "eq", str(pine.pk)))
    own.view(q="Личное")
    own.view(EVERYONE, filter=of_pines, colors=RED, section=str(section.pk))
    default = own.view(EVERYONE)
    views.make_default(own.list.pk, default.pk, actor=own.anna)
    copied = copy_list(own.list.pk, actor=own.anna)
    found = list(ListView.objects.filter(list=copied))
    assert [view.kind for view in found] == ["shared", "default"]
    assert found[1].state == ListView.objects.get(pk=default.pk).state
    own_pine = copied.fields.get(code="KIND").options.get(name="Сосна")
    own_section = Section.objects.get(list=copied)
    assert json.loads(found[0].state["filter"]) == json.loads(
        tree(("KIND", "any_of", str(own_pine.pk)), ("PRICE", "eq", str(pine.pk)))
    )
    assert found[0].state["section"] == str(own_section.pk)
    assert open_grid(own.petr, copied.pk, {"view": str(found[0].pk)}).state.told == ()
