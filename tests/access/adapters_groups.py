"""What the groups and totals of a table tell a person: of visible elements by visible fields."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.urls import reverse

from lists_core.grid.foot import found_totals, total_text, whole_foot
from lists_core.grid.groups import grouped_page, inside
from lists_core.grid.page import Grid, open_grid
from lists_core.reports.answer import GONE
from svod.base.errors import NotFound
from tests.access.adapters import NO_CODE, points_to
from tests.access.adapters_pages import TOKEN, body, browser
from tests.access.adapters_reports import key_of
from tests.access.look import Look
from tests.access.worlds import AMOUNT, LINK, PART

LEVELS = ["SECTION:value", f"{LINK}:value"]
TOTALS = f"{AMOUNT}:sum,{LINK}:unique,NAME:count"


def grouped(look: Look) -> None:
    """Groups, their numbers and elements, totals, beside brute force over what one may read."""
    for list_ in look.lists():
        for group in LEVELS:
            code = group.split(":")[0]
            known = look.fields_of(list_)
            if code not in known or look.sees_field(known[code]):
                _level(look, list_, group)
        _totals(look, list_)


def _open(look: Look, list_: int, **params: str) -> Grid:
    return open_grid(look.actor, look.built.lists[list_].pk, params)


def _level(look: Look, list_: int, group: str) -> None:
    grid = _open(look, list_, group=group, totals=TOTALS, columns=f"NAME,{AMOUNT}")
    level = grouped_page(grid).level
    assert level is not None
    wanted = Counter(key_of(look, key, group) for key in look.seen(list_))
    told = {part.group.key: part.tally.rows for part in level.parts}
    look.same(f"groups of a table by {group}", told, dict(wanted))
    look.same(f"total of a table by {group}", level.total.rows, len(look.seen(list_)))
    numbers = {pk: key for key, pk in look.built.elements.items()}
    for part in level.parts:
        rows = {key for key in look.seen(list_) if key_of(look, key, group) == part.group.key}
        found = {numbers[pk] for pk in _opened(grid, part.step)}
        look.same(f"elements of a group by {group}", found, rows)
        for measured in grid.state.grouped.totals:
            got = dict(part.tally.values(level.asked.place(measured), measured))
            what = f"{measured.code} of a group by {group}"
            look.same(what, got.get(""), _measured(look, list_, rows, measured.code))
    look.no_leaks(f"names of groups by {group}", " ".join(part.name for part in level.parts))
    _hidden_steps(look, list_, grid, group)


def _opened(grid: Grid, step: str) -> list[int]:
    """Ids in a group; none where it does not open."""
    try:
        return list(grid.found.filter(inside(grid, (step,))).values_list("pk", flat=True))
    except NotFound:
        return []


def _measured(look: Look, list_: int, rows: set[int], code: str) -> float | None:
    slug, _sign, field = code.partition(":")
    if slug == "count":
        return len(rows)
    if slug == "unique":
        keys = {key_of(look, key, f"{field}:value") for key in rows}
        return len([key for key in keys if key[1] or key[0] == GONE])
    known = [value for key in rows if (value := look.world.elements[key].get(PART[field]))]
    return sum(known) if known else None


def _hidden_steps(look: Look, list_: int, grid: Grid, group: str) -> None:
    """A group of a thing that one may not name cannot be asked for by its number."""
    if not group.startswith(LINK):
        return
    targets = {target for key in look.of(list_) for target in points_to(look, key, LINK)}
    for target in targets:
        readable = look.sees(target) and look.sees_list(look.world.elements[target]["list"])
        try:
            inside(grid, (f"v{look.built.elements[target]}",))
        except NotFound:
            look.same("the group of a readable link", readable, False)
        else:
            look.same("the group of a hidden link", readable, True)


def _totals(look: Look, list_: int) -> None:
    """At the foot, without groups; a hidden column has none."""
    known = look.fields_of(list_)
    asked = ",".join(f"{code}:{slug}" for code, slug in ((AMOUNT, "sum"), (LINK, "unique")))
    grid = _open(look, list_, totals=asked, columns=f"NAME,{AMOUNT},{LINK}")
    text = whole_foot(grid)
    for code in (AMOUNT, LINK):
        look.same(f"{code} has a foot", f'"{code}"' in text, look.sees_field(known[code]))
    if look.sees_field(known[AMOUNT]):
        number = _measured(look, list_, look.seen(list_), f"sum:{AMOUNT}")
        tally, measured = found_totals(grid), grid.state.grouped.total(AMOUNT)
        assert tally is not None
        assert measured is not None
        told = total_text(grid, measured, tally).replace("\xa0", "").partition(",")[0]
        look.same("the sum at the foot", told, "—" if number is None else str(number))


def group_pages(look: Look) -> None:
    """The list grouped by every field: no canary that may not show, and a hidden field is as one
    that was never made."""
    client = browser(look)
    for list_ in list(look.world.lists)[:1]:
        if not (look.sees_list(list_) and look.actor.is_active):
            continue
        pk = look.built.lists[list_].pk
        for code, number in look.fields_of(list_).items():
            params = {"group": f"{code}:value,CREATED_BY:value", "totals": f"{code}:unique"}
            for step in ("e", "g"):
                asked = {**params, "path": json.dumps([step])}
                text = body(client.get(reverse("list_groups", args=[pk]), asked))
                look.no_leaks(f"a group by {code}", text)
            text = body(client.get(reverse("list", args=[pk]), params, follow=True))
            look.no_leaks(f"groups by {code}", text)
            if not look.sees_field(number):
                _as_never_made(look, client, pk, code)


def _as_never_made(look: Look, client: Any, pk: int, code: str) -> None:
    for name in ("list", "list_groups", "list_totals", "list_group"):
        told = []
        for word in (code, NO_CODE):
            asked = {"group": f"{word}:value", "totals": f"{word}:unique", "path": '["e"]'}
            response = client.get(reverse(name, args=[pk]), asked, follow=True)
            text = TOKEN.sub("", response.content.decode()).replace(word, "…")
            told.append((response.status_code, text))
        look.same(f"{name} grouped by hidden {code}", told[0], told[1])


GROUPED = [grouped, group_pages]
