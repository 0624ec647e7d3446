"""Random rows, and what groups and totals of them are in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from moneyed import Money

from lists_core.grid.foot import found_totals
from lists_core.grid.groups import grouped_page, inside, read_part
from lists_core.grid.page import Grid
from lists_core.reports.answer import NO_VALUE, VALUE
from lists_core.reports.levels import Level
from lists_core.selectors.keyset import following, whole_place
from tests.lists_core.report_oracle import FIELDS, start_of

Row = dict[str, Any]
STEP = 5
BY = [
    *(f"{code}:value" for code in ("STAGE", "TAGS", "OWNER", "TEAM", "PLACE", "SECTION")),
    *(f"{code}:value" for code in ("DONE", "CREATED_BY", "NOTE", "PRICE", "NAME")),
    *(f"{code}:{unit}" for code in ("DAY", "DAYS", "AT", "CREATED_AT")
      for unit in ("day", "week", "month", "quarter", "year")),
]  # fmt: skip
COLUMNS = ["NAME", *(code for code in FIELDS if code != "CLOSED")]
PRESENCE = ["count", "filled", "empty", "share", "unique"]
TOTALS = {
    **dict.fromkeys(COLUMNS, PRESENCE),
    "NAME": ["count", "unique"],
    **{code: ["sum", "average", "min", "max", *PRESENCE] for code in ("PRICE", "AMOUNT")},
    **{code: ["earliest", "latest", *PRESENCE] for code in ("DAY", "AT")},
}


def newest_first(rows: list[Row]) -> list[int]:
    return sorted((row["ID"] for row in rows), reverse=True)


@dataclass(frozen=True)
class Case:
    """`levels` are codes, each with whether it is turned round; `totals` by column. `more` is the
    rest of the address, `order` puts the ids of rows as it does, and of the groups of a level
    those at the places `opened` are opened."""

    levels: list[tuple[str, bool]]
    totals: Mapping[str, str]
    more: Mapping[str, str] = field(default_factory=lambda: {"columns": ",".join(COLUMNS)})
    order: Callable[[list[Row]], list[int]] = newest_first
    opened: Sequence[int] = (0, 1, -1)

    def params(self) -> dict[str, str]:
        return {
            **self.more,
            "group": ",".join(f"-{code}" if turned else code for code, turned in self.levels),
            "totals": ",".join(f"{code}:{slug}" for code, slug in self.totals.items()),
        }


@st.composite
def cases(draw: Callable[[Any], Any]) -> Case:
    levels = draw(st.lists(st.sampled_from(BY), min_size=1, max_size=3, unique=True))
    turned = [draw(st.booleans()) for _code in levels]
    columns = draw(st.lists(st.sampled_from(COLUMNS), max_size=4, unique=True))
    totals = {code: draw(st.sampled_from(TOTALS[code])) for code in columns}
    return Case(list(zip(levels, turned, strict=True)), totals)


# --- plain Python ---------------------------------------------------------------------------


def keys_of(row: Row, by: str) -> set[Any]:
    code, _sign, unit = by.partition(":")
    value = row[code]
    if value is None:
        return {(NO_VALUE, None)}
    items = value if isinstance(value, list) else [value]
    return {(VALUE, item if unit == "value" else start_of(unit, item)) for item in items}


def groups_of(rows: list[Row], by: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        for key in keys_of(row, by):
            found.setdefault(key, []).append(row)
    return found


def told(rows: list[Row], code: str, slug: str) -> dict[str, Any]:
    """Split → number, as `Tally.values` tells it."""
    values = [row[code] for row in rows if row[code] is not None]
    items = [item for value in values for item in (value if isinstance(value, list) else [value])]
    counted = {
        "count": len(rows),
        "filled": len(values),
        "empty": len(rows) - len(values),
        "unique": len(set(items)),
        "share": Decimal(100 * len(values)) / len(rows) if rows else None,
    }
    if slug in counted:
        return {"": counted[slug]}
    by_split: dict[str, list[Any]] = {}
    for item in items:
        money = isinstance(item, Money)
        by_split.setdefault(item.currency.code if money else "", []).append(
            item.amount if money else item
        )
    reckoned = {"sum": sum, "min": min, "max": max, "average": lambda of: sum(of) / len(of)}
    reckoned |= {"earliest": min, "latest": max}
    return {split: reckoned[slug](of) for split, of in by_split.items()}  # type: ignore[operator]


# --- the table beside it --------------------------------------------------------------------


def check(grid: Grid, case: Case, rows: list[Row]) -> None:
    """A grid of `case.params()`; `rows` are what it finds."""
    assert not grid.state.notices
    level = grouped_page(grid).level
    assert level is not None
    _level(grid, case, (), level, rows)
    known = found_totals(grid)
    if known is not None:
        _same(level, known, rows, case, "foot")


def _level(grid: Grid, case: Case, path: tuple[str, ...], level: Level, rows: list[Row]) -> None:
    by, turned = case.levels[len(path)]
    wanted = groups_of(rows, by)
    level = _whole(grid, path, level)
    assert level.known == len(wanted), (case, path)
    assert level.total.rows == len(rows), (case, path)
    assert {part.group.key for part in level.parts} == wanted.keys(), (case, path)
    _ordered(grid, [part.group.key for part in level.parts], by, turned, where=(case, path))
    _same(level, level.total, rows, case, path)
    for part in level.parts:
        own = wanted[part.group.key]
        assert part.tally.rows == len(own), (case, path, part.name)
        _same(level, part.tally, own, case, (*path, part.step))
    parts = level.parts
    for place in {place % len(parts) for place in case.opened} if parts else ():
        _opened(grid, case, (*path, parts[place].step), wanted[parts[place].group.key])


def _whole(grid: Grid, path: tuple[str, ...], level: Level) -> Level:
    """All pages of it in one."""
    parts, page = list(level.parts), level
    while page.left:
        page = read_part(grid, path, page.asked.page + 1)
        parts += page.parts
    return Level(level.asked, parts, level.total, level.known)


def _opened(grid: Grid, case: Case, path: tuple[str, ...], rows: list[Row]) -> None:
    if len(path) < len(case.levels):
        _level(grid, case, path, read_part(grid, path, 1), rows)
    else:
        assert _pages(grid, path) == case.order(rows), (case, path)


def _pages(grid: Grid, path: tuple[str, ...]) -> list[int]:
    """The elements of an opened group, a few after the last of those before."""
    rows = grid.found.filter(inside(grid, path))
    ids = list(rows.values_list("pk", flat=True)[:STEP])
    while ids:
        parts = following(rows, whole_place(rows, ids[-1]))
        more = [pk for part in parts for pk in part.values_list("pk", flat=True)[:STEP]]
        if not more:
            break
        ids += more[:STEP]
    return ids


def _same(level: Level, tally: Any, rows: list[Row], case: Case, where: Any) -> None:
    for measured in level.asked.measures:
        assert measured.field is not None
        code, slug = measured.field.code, measured.measure.slug
        got = dict(tally.values(level.asked.place(measured), measured))
        wanted = told(rows, code, slug)
        if slug == "average":
            got, wanted = ({k: round(n, 8) for k, n in some.items()} for some in (got, wanted))
        assert got == {key: n for key, n in wanted.items() if n is not None}, (case, where, code)


def _ordered(grid: Grid, keys: list[Any], by: str, turned: bool, *, where: Any) -> None:
    """Elements without a value last; the others by time, number, letters, the place of options."""
    known = [key[1] for key in keys if key[0] == VALUE]
    assert keys[len(known) :] in ([], [(NO_VALUE, None)]), where
    grouped = grid.schema[by.split(":", maxsplit=1)[0]]
    if grouped.type.reference:
        return  # by their names, which the small test of the order looks at
    ordered = sorted(known, key=PLACES.get(grouped.field.type), reverse=turned)
    assert known == ordered, where


PLACES: dict[str, Callable[[Any], Any]] = {
    "string": lambda text: (text.lower().replace("ё", "е"), text),
    "boolean": lambda answer: not answer,
}
