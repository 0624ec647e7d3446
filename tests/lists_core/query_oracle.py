"""Lists of drawn fields and rows, drawn questions to them, and the answers in plain Python.

What a type's values, operators and order mean is told by its sample in tests/contract, from what
they mean and never from the product's code; a type without one fails here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from lists_core.field_types.base import field_types
from lists_core.filters.operators import Arity
from lists_core.grid.state import sort_text
from lists_core.models import List, Section
from lists_core.reports.question import groupings_of
from lists_core.reports.totals import totals_of
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.fields import create_field
from lists_core.services.lists import create_list
from lists_core.services.many import create_many
from staff.models import Employee
from tests.contract.samples import SAMPLES, load
from tests.contract.values import filled, values

load()
Row = Mapping[str, Any]
Fits = Callable[[Row], bool]
Sort = Sequence[tuple[str, bool]]
Shape = Sequence[tuple[str, bool]]
Known = dict[str, Any]
#: Of every list: filtered, sorted and grouped like its own fields.
SYSTEM = ("NAME", "SECTION", "CREATED_BY", "CREATED_AT", "MODIFIED_BY", "MODIFIED_AT")
NEVER_EMPTY = {"NAME", "CREATED_AT", "MODIFIED_AT"}
ROWS, DEEPEST = 24, 3


def shapes(chance: random.Random, lists: int) -> list[Shape]:
    """Schemas that have together every type, for one value and for several."""
    slugs = field_types.slugs()
    pairs = [(slug, False) for slug in slugs]
    pairs += [(slug, True) for slug in slugs if field_types.get(slug).multiple_allowed]
    chance.shuffle(pairs)
    return [pairs[place::lists] for place in range(lists)]


@dataclass
class Table:
    """`rows` are plain: code → natural value, "ID" → id. `above` is section → the one above,
    `keys` what rows are ordered by."""

    actor: Employee
    list: List
    above: dict[int, int | None] = field(default_factory=dict)
    rows: list[Known] = field(default_factory=list)
    keys: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        return schema_of(self.list)

    @cached_property
    def fields(self) -> list[SchemaField]:
        return [*self.schema.fields, *(self.schema[code] for code in SYSTEM)]

    def standing(self, asked: SchemaField) -> list[Any]:
        """Single values that stand in the field."""
        return [one for row in self.rows for one in asked.items(row[asked.code])]


def prepared(actor: Employee) -> dict[str, Known]:
    """Slug → the settings of a field of the type, after what they refer to has been made."""
    for slug in field_types.slugs():
        assert slug in SAMPLES, f"the field type {slug} has no sample in tests/contract"
    return {
        slug: {**SAMPLES[slug].settings, **SAMPLES[slug].prepare(actor)}
        for slug in field_types.slugs()
    }


def make_table(shape: Shape, given_: Mapping[str, Any], actor: Employee, number: int) -> Table:
    list_ = create_list(actor=actor, everyone="edit", name="Проба", has_sections=True)
    for place, (slug, multiple) in enumerate(shape):
        create_field(
            list_.pk, slug, actor=actor, name=f"F{place}", code=f"F{place}",
            settings=dict(given_[slug]), multiple=multiple,
        )  # fmt: skip
    list_.refresh_from_db()
    table = Table(actor, list_)
    for name, above in (("Лес", None), ("Поле", None), ("Опушка", "Лес")):
        parent = Section.objects.filter(list=list_, name=above).first()
        made = Section.objects.create(list=list_, name=name, parent=parent)
        table.above[made.pk] = made.parent_id
    _fill(table, drawn_rows(table, number))
    return table


def drawn_rows(table: Table, number: int) -> list[Known]:
    rows: list[Known] = []

    @seed(number)
    @settings(
        max_examples=ROWS, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.fixed_dictionaries({known.code: _values(known) for known in table.fields}))
    def take(row: Known) -> None:
        rows.append(row)

    take()
    chance = random.Random(number)
    # Equal values are what orders and groups are about.
    return [
        {code: chance.choice((row, row, chance.choice(rows)))[code] for code in row} for row in rows
    ]


def _values(known: SchemaField) -> st.SearchStrategy[Any]:
    return filled(known) if known.code in NEVER_EMPTY else values(known)


def _fill(table: Table, drawn: list[Known]) -> None:
    """Through the service; what the program writes by itself is put there after it."""
    automatic = [known for known in table.fields if known.type.automatic]
    later = [*automatic, *(table.schema[code] for code in SYSTEM[1:])]
    own = [known for known in (*table.schema.fields, table.schema["NAME"]) if known not in later]
    given_ = [{known.code: row[known.code] for known in own} for row in drawn]
    made = create_many(table.list.pk, given_, actor=table.actor)
    for row, values_ in zip(made, drawn, strict=True):
        for known in later:
            for column, stored in known.to_columns(values_[known.code]).items():
                setattr(row, column, stored)
        table.rows.append({"ID": row.pk, **values_})
    table.schema.model.objects.bulk_update(made, [known.main_column for known in later])
    open_ = [known for known in table.fields if not known.type.concealed]
    kept = table.schema.model.objects.in_bulk()
    for row in table.rows:
        read = {known.code: known.read(kept[row["ID"]]) for known in open_}
        assert read == {code: row[code] for code in read}


# --- what is asked ----------------------------------------------------------------------


@dataclass(frozen=True)
class Hand:
    """What one question has to be about, whatever else is drawn: (code, operator), a grouping,
    column → total."""

    conditions: list[tuple[str, str]]
    groupings: list[str]
    totals: Mapping[str, str]


def hands(table: Table, chance: random.Random, conditions: int) -> list[Hand]:
    """Every operator, grouping and total of every field is in one of them."""
    asks = [(known.code, slug) for known in table.fields for slug in known.operators]
    chance.shuffle(asks)
    by = [f"{known.code}:{one.slug}" for known in table.fields for one in groupings_of(known)]
    chance.shuffle(by)
    # Not shuffled: a hand has one total of a column.
    totals = [(known.code, one.slug) for known in table.fields for one in totals_of(known)]
    number = -(-len(asks) // conditions)
    return [
        Hand(asks[place::number], by[place::number] or by[:1], dict(totals[place::number]))
        for place in range(number)
    ]


@dataclass(frozen=True)
class Asked:
    """A question as an address has it, and what a row must be to answer it."""

    tree: Known
    fits: Fits | None = field(repr=False)
    sort: Sort
    section: int | None
    sub: bool

    def params(self) -> dict[str, str]:
        where = {} if self.section is None else {"section": str(self.section)}
        return {
            "filter": json.dumps(self.tree),
            "sort": sort_text(self.sort),
            **where,
            "sub": "" if self.sub else "0",
        }

    def rows(self, table: Table) -> list[Known]:
        """In order."""
        here = [row for row in table.rows if self._is_here(table, row["SECTION"])]
        return ordered(
            table, [row for row in here if self.fits is None or self.fits(row)], self.sort
        )

    def _is_here(self, table: Table, section: int | None) -> bool:
        if self.section is None:
            return True
        if not self.section or not self.sub:
            return section == (self.section or None)
        return section is not None and self.section in (section, table.above[section])


def draw_question(table: Table, hand: Hand, data: Any) -> Asked:
    codes = [known.code for known in table.fields]
    conditions = [_condition(table, *pair, data) for pair in hand.conditions]
    for code in data.draw(st.lists(st.sampled_from(codes), max_size=1)):
        slug = data.draw(st.sampled_from(sorted(table.schema[code].operators)))
        conditions.append(_condition(table, code, slug, data))
    tree, fits = _joined(table, conditions, data)
    section = data.draw(st.sampled_from([None] * 8 + [0, *table.above]))
    return Asked(tree, fits, _sort(table, data), section, data.draw(st.booleans()))


Part = tuple[Known, Fits | None]
"""A tree as an address has it, and whether a row fits; None for what says nothing."""


def _joined(table: Table, parts: list[Part], data: Any, depth: int = 1) -> Part:
    """One group of all of them, with groups of some inside."""
    if depth < DEEPEST:
        parts = list(_chunks(table, parts, data, depth))
    if data.draw(st.integers(0, 5)) == 5:
        parts = [*parts, ({"or": []}, None)]
    asked = [fits for _tree, fits in parts if fits]
    if not asked:
        return {"and": [tree for tree, _fits in parts]}, None
    made = {"and": lambda row: all(fits(row) for fits in asked),
            "or": lambda row: any(fits(row) for fits in asked)}  # fmt: skip
    # An answer of all or nothing tells little.
    telling = [one for one in made if 0 < sum(map(made[one], table.rows)) < len(table.rows)]
    joiner = data.draw(st.sampled_from(telling or sorted(made)))
    return {joiner: [tree for tree, _fits in parts]}, made[joiner]


def _chunks(table: Table, parts: list[Part], data: Any, depth: int) -> Iterator[Part]:
    left = list(parts)
    while left:
        size = data.draw(st.integers(1, len(left)))
        chunk, left = left[:size], left[size:]
        grouped = data.draw(st.booleans())
        yield from [_joined(table, chunk, data, depth + 1)] if grouped else chunk


def _condition(table: Table, code: str, slug: str, data: Any) -> Part:
    known = table.schema[code]
    tree: Known = {"field": code, "op": slug}
    if slug in {"empty", "not_empty"}:
        return tree, lambda row: (row[code] is None) == (slug == "empty")
    ask, answers = SAMPLES[known.field.type].asks[slug], dict[tuple[str, str], bool]()
    tree["value"] = texts = list(_texts(table, known, slug, data))

    def holds(value: Any) -> bool:
        return ask.holds(known.items(value), texts)

    return tree, lambda row: bool(told(answers, code, row[code], holds))


def _texts(table: Table, known: SchemaField, slug: str, data: Any) -> Iterator[str]:
    ask = SAMPLES[known.field.type].asks[slug]
    many = known.operators[slug].arity is Arity.MANY
    for _time in range(data.draw(st.integers(1, 3)) if many else 1):
        near = data.draw(st.sampled_from(table.standing(known)))
        yield from data.draw(ask.texts(near))


# --- order ------------------------------------------------------------------------------


def _sort(table: Table, data: Any) -> Sort:
    codes = [known.code for known in table.fields if known.sortable] + ["ID"]
    drawn = data.draw(st.lists(st.sampled_from(codes), max_size=3, unique=True))
    return [(code, data.draw(st.booleans())) for code in drawn]


def ordered(table: Table, rows: list[Known], sort: Sort) -> list[Known]:
    """By each key in turn, what is empty last either way; ties by id, the way of the last key."""
    rows = sorted(rows, key=lambda row: row["ID"], reverse=not sort or sort[-1][1])
    for code, descending in reversed(sort):
        full = [row for row in rows if row[code] is not None]
        full.sort(key=_key(table, code), reverse=descending)
        rows = full + [row for row in rows if row[code] is None]
    return rows


def _key(table: Table, code: str) -> Callable[[Row], Any]:
    if code == "ID":
        return lambda row: row["ID"]
    known = table.schema[code]
    key = SAMPLES[known.field.type].sort_key
    assert key is not None, f"{known.field.type} sorts, and its sample does not say how"
    return lambda row: told(table.keys, code, row[code], lambda value: key(known, value))


def told(
    known: dict[tuple[str, str], Any], code: str, value: Any, find: Callable[[Any], Any]
) -> Any:
    """Once for each value: of some it takes a query to know."""
    if (code, repr(value)) not in known:
        known[code, repr(value)] = find(value)
    return known[code, repr(value)]
