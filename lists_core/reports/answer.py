"""The answer to a report's question, for one reader: groups with their numbers.

Rows come through `found` with the reader's own rights, names of people and elements through
`titles_of`: groups whose name the reader may not see are one group, and nobody is told which
they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.field_types.base import NO_TITLES, Titles
from lists_core.field_types.references import gone
from lists_core.filters.operators import EMPTY
from lists_core.reports.measures import JOINS, Number
from lists_core.reports.question import GroupBy, Measured, Question
from lists_core.reports.statement import Row, rows_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import ElementQuery, found
from lists_core.selectors.fence import TooSlow, in_time
from lists_core.selectors.titles import titles_of
from staff.models import Employee

PATIENCE_MS = 15_000
VALUE, NO_VALUE, GONE, OTHERS = "value", "empty", "gone", "others"
Key = tuple[str, Any]
"""What a group is: VALUE with the natural key, or one of the other three with None."""


@dataclass
class Tally:
    """Numbers of the elements in one place of the table; `parts` by (measure, split)."""

    rows: int = 0
    parts: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)

    def add(self, row: Row, measures: Iterable[tuple[int, Measured]]) -> None:
        self.rows += int(row["n"])
        for place, measured in measures:
            split = row.get(f"c{place}") or ""
            own = self.parts.setdefault((place, split), {})
            for part in measured.measure.parts:
                value = row[f"v{place}_{part}"]
                if value is not None:
                    own[part] = JOINS[part](own[part], value) if part in own else value

    def values(self, place: int, measured: Measured) -> list[tuple[str, Number]]:
        """(split, number) of one measure, the usual split first; empty where there is none."""
        splits = sorted(split for number, split in self.parts if number == place)
        usual = measured.usual
        ordered = sorted(splits, key=lambda split: split != usual) or [""]
        totals = (
            (
                split,
                measured.measure.total({"rows": self.rows, **self.parts.get((place, split), {})}),
            )
            for split in ordered
        )
        return [(split, number) for split, number in totals if number is not None]

    def first(self, place: int, measured: Measured) -> Number | None:
        """The number that sorting goes by: of the usual split."""
        known = dict(self.values(place, measured))
        return (
            known.get(measured.usual)
            if measured.measure.split
            else next(iter(known.values()), None)
        )


@dataclass(frozen=True)
class Group:
    """A line or a column of the table; `condition` finds its elements in the list's filter."""

    key: Key
    name: str
    tone: str = ""
    condition: dict[str, Any] | None = None


@dataclass
class Answer:
    """`cells` by the keys of the asked groupings; `lines` and `columns` are their groups in
    order, `hidden` how many groups were put together as the others, of each."""

    question: Question
    lines: list[Group] = field(default_factory=list)
    columns: list[Group] = field(default_factory=list)
    cells: dict[tuple[Key, ...], Tally] = field(default_factory=dict)
    by_line: dict[Key, Tally] = field(default_factory=dict)
    by_column: dict[Key, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)
    others: tuple[int, ...] = ()

    @cached_property
    def is_empty(self) -> bool:
        return self.total.rows == 0


def answer(question: Question, schema: Schema, *, actor: Employee) -> Answer:
    """One query, and one for each kind of thing that the groups name. Raises TooSlow."""
    zone = timezone.get_current_timezone_name()
    rows = found(schema, ElementQuery(filter=question.filter), actor=actor)
    got = in_time(lambda: rows_of(rows, question, zone), PATIENCE_MS)
    if got is None:
        raise TooSlow
    return told(question, got, actor)


def told(question: Question, rows: list[Row], actor: Employee) -> Answer:
    """The lines of the statement as groups with names. A query for each kind of thing named."""
    return _Reading(question, rows, actor).answer()


class _Reading:
    """From the lines of the statement to the answer."""

    def __init__(self, question: Question, rows: list[Row], actor: Employee) -> None:
        self.question, self.rows, self.actor = question, rows, actor
        self.measures = list(enumerate(question.measures))
        self.groups = list(enumerate(question.groups, start=1))

    def answer(self) -> Answer:
        titles = self._titles()
        made = Answer(self.question)
        for row in self.rows:
            keys = tuple(
                self._key(row[f"k{place}"], group, titles.get(place))
                for place, group in self.groups
            )
            self._count(made, row, keys)
        made.others = tuple(
            max((int(row[f"g{place}"]) for row in self.rows), default=0) for place, _ in self.groups
        )
        self._put_in_order(made, titles)
        return made

    def _count(self, made: Answer, row: Row, keys: tuple[Key, ...]) -> None:
        """An element with several values is in several groups, and once in each total."""
        first = [row[f"f{place}"] for place, _group in self.groups]
        made.cells.setdefault(keys, Tally()).add(row, self.measures)
        if all(first):
            made.total.add(row, self.measures)
        for place, margin in zip(range(len(keys)), (made.by_line, made.by_column), strict=False):
            if all(one for other, one in enumerate(first) if other != place):
                margin.setdefault(keys[place], Tally()).add(row, self.measures)

    # --- names --------------------------------------------------------------------------

    def _titles(self) -> dict[int, Titles]:
        """Of each grouping by something that has titles, those that the reader may see."""
        named = [(place, group) for place, group in self.groups if group.field.type.reference]
        pairs = [pair for place, group in named for pair in self._values(place, group)]
        known = titles_of(pairs, actor=self.actor)
        return {place: known.get(group.field.key, NO_TITLES) for place, group in named}

    def _values(self, place: int, group: GroupBy) -> list[tuple[SchemaField, Any]]:
        texts = {row[f"k{place}"] for row in self.rows} - {None, ""}
        keys = [group.grouping.read(text) for text in texts]
        return [(group.field, value) for value in ([keys] if group.field.multiple else keys)]

    def _key(self, text: str | None, group: GroupBy, titles: Titles | None) -> Key:
        if text is None:
            return OTHERS, None
        if text == "":
            return NO_VALUE, None
        key = group.grouping.read(text)
        return (GONE, None) if titles is not None and key not in titles else (VALUE, key)

    def _group(self, key: Key, group: GroupBy, titles: Titles | None, count: int) -> Group:
        kind, value = key
        if kind == VALUE:
            name = group.grouping.name(group.field, value, titles or NO_TITLES)
            operator, texts = group.grouping.asks(group.field, value)
            condition = {"field": group.field.code, "op": operator, "value": texts}
            return Group(key, name, group.grouping.tone(group.field, value), condition)
        if kind == NO_VALUE:
            condition = {"field": group.field.code, "op": EMPTY.slug, "value": []}
            asks = EMPTY.slug in group.field.operators
            return Group(key, _("(empty)"), "grey", condition if asks else None)
        if kind == GONE:
            return Group(key, gone(), "grey")
        return Group(key, _("Others (%(count)d)") % {"count": count}, "grey")

    # --- order ----------------------------------------------------------------------------

    def _put_in_order(self, made: Answer, titles: dict[int, Titles]) -> None:
        margins = (made.by_line, made.by_column)
        for (place, group), margin in zip(self.groups, margins, strict=False):
            shown = {row[f"k{place}"] for row in self.rows} - {None}
            rest = made.others[place - 1] - len(shown)
            groups = [self._group(key, group, titles.get(place), rest) for key in margin]
            ordered = self._sorted(groups, group, margin, is_line=place == 1)
            setattr(made, "lines" if place == 1 else "columns", ordered)

    def _sorted(
        self, groups: list[Group], by: GroupBy, margin: dict[Key, Tally], *, is_line: bool
    ) -> list[Group]:
        measured = self.question.sorted_by if is_line else None
        if measured:
            return self._by_number(groups, margin, measured)
        place = self._place(by)
        known = sorted((one for one in groups if one.key[0] == VALUE), key=place)
        if is_line and self.question.descending:
            known.reverse()
        rest = [one for kind in (NO_VALUE, GONE, OTHERS) for one in groups if one.key[0] == kind]
        return [*known, *rest]

    def _place(self, by: GroupBy) -> Callable[[Group], Any]:
        order = by.grouping.order
        if order is None:
            return _by_name
        return lambda group: order(by.field, group.key[1])

    def _by_number(
        self, groups: list[Group], margin: dict[Key, Tally], measured: Measured
    ) -> list[Group]:
        """Groups without a number after those with one, the others at the end."""
        number = self.question.measures.index(measured)
        found = {one.key: margin[one.key].first(number, measured) for one in groups}
        names = sorted(groups, key=_by_name)
        known = [one for one in names if found[one.key] is not None and one.key[0] != OTHERS]
        known.sort(key=lambda one: found[one.key] or 0, reverse=self.question.descending)
        none = [one for one in names if found[one.key] is None and one.key[0] != OTHERS]
        return [*known, *none, *(one for one in groups if one.key[0] == OTHERS)]


def _by_name(group: Group) -> tuple[str, str]:
    """Namesakes keep their places from page to page."""
    return group.name.casefold(), str(group.key)
