"""Groups, their numbers and elements, totals: against plain Python over random rows.

`SVOD_GROUPS=300 pytest tests/lists_core/test_group_oracle.py` looks at so many random tables;
usually at a few, always the same.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings

from lists_core.grid.groups import grouped_page, inside
from lists_core.grid.page import Grid, open_grid
from lists_core.models import ListGroupRight, ListUserRight
from lists_core.reports import levels
from lists_core.reports.levels import Part
from staff.models import Employee
from svod.base.errors import NotFound
from tests.lists_core.group_oracle import Case, cases, check
from tests.lists_core.report_oracle import ZONE, World, make_world

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SVOD_GROUPS", "0"))


@pytest.fixture
def world() -> Iterable[World]:
    seed = random.randrange(10_000) if EXAMPLES else 11
    with timezone.override(ZONE):
        made = make_world(random.Random(seed), rows=40)
        for number, row in enumerate(made.rows):
            row["NAME"] = str(number)
        yield made


@settings(
    max_examples=EXAMPLES or 8,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    phases=[Phase.generate] + ([Phase.shrink] if EXAMPLES else []),
    suppress_health_check=list(HealthCheck),
)
@given(case=cases())
def test_groups_and_totals(world: World, case: Case) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levels, "PAGE", 7)
        check(open_grid(world.actor, world.list.pk, case.params()), case, world.rows)


def parts_of(grid: Grid) -> list[Part]:
    level = grouped_page(grid).level
    assert level is not None
    return list(level.parts)


def opened(grid: Grid, step: str) -> set[str]:
    return set(grid.found.filter(inside(grid, (step,))).values_list("name", flat=True))


def test_what_may_not_be_named_is_one_group(world: World) -> None:
    places = world.schema["PLACE"].field.settings["list"]
    for model in (ListUserRight, ListGroupRight):
        model.objects.filter(content_object=places).delete()
    reader = Employee.objects.get(username="p1")
    asked = {"group": "PLACE:value", "totals": "PLACE:unique"}
    grid = open_grid(reader, world.list.pk, asked)
    empty, hidden = sorted(parts_of(grid), key=lambda part: part.step)
    known = {row["NAME"] for row in world.rows if row["PLACE"] is not None}
    assert (empty.step, hidden.step, hidden.tally.rows) == ("e", "g", len(known))
    assert opened(grid, "g") == known
    assert opened(grid, "e") == {row["NAME"] for row in world.rows} - known
    assert hidden.tally.parts[1, ""] == {"unique": 1}
    for target in {row["PLACE"] for row in world.rows} - {None}:
        with pytest.raises(NotFound):
            inside(grid, (f"v{target}",))


def test_the_largest_of_many_names_and_the_others(world: World) -> None:
    asked = {"group": "-TEAM:value", "totals": "TEAM:unique"}
    grid = open_grid(world.actor, world.list.pk, asked)
    names = [part.name for part in parts_of(grid)]
    assert names[:-1] == sorted(names[:-1], reverse=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levels, "MOST_GROUPS", 2)
        shown = {part.step: part for part in parts_of(grid)}
        kept = {part.group.key[1] for part in shown.values()}
        rest = {row["NAME"] for row in world.rows if set(row["TEAM"] or ()) - kept}
        assert shown["o"].tally.rows == len(rest)
        assert opened(grid, "o") == rest
