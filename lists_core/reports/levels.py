"""One level of a grouped table: a page of the groups of some elements, and what is in one.

Read as a report with one grouping is, and what a reader may not name is told apart no more than
there. Where the database knows the order of keys (texts, numbers, dates), any number of groups
can be paged through. Groups of things with names are ordered by the names that the reader sees,
MOST_GROUPS of them, the largest; what is left over is one group, the last.

A *step* says which group was opened: "v" with the text of its key, "e" for elements without a
value, "g" for things that may not be named, "o" for what is left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.field_types.number import MAX_DIGITS, MAX_PRECISION
from lists_core.filters.tree import Group as Tree
from lists_core.reports.answer import GONE, NO_VALUE, OTHERS, VALUE, Answer, Group, Tally, told
from lists_core.reports.groupings import stored
from lists_core.reports.question import BY_GROUP, GroupBy, Measured, Question
from lists_core.reports.statement import Row, rows_of
from lists_core.reports.totals import ALL
from lists_core.reports.uniques import REST, WHOLE, uniques_of
from lists_core.selectors.titles import titles_of
from staff.models import Employee
from svod.base.errors import Invalid, NotFound

PAGE, MOST_GROUPS = 50, 1_000
LARGEST, SMALLEST = 2**63, -40
STEPS = {NO_VALUE: "e", GONE: "g", OTHERS: "o"}


@dataclass(frozen=True)
class Asked:
    """What a level is grouped by, None for one number of all; and what is told of its groups."""

    by: GroupBy | None
    descending: bool = False
    measures: tuple[Measured, ...] = ()
    page: int = 1

    @property
    def in_database(self) -> bool:
        """The database knows the order of the groups."""
        return self.by is not None and bool(self.by.grouping.sort)

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE

    def place(self, measured: Measured) -> int:
        """Of a measure among those of the question."""
        return 1 + self.measures.index(measured)

    def question(self) -> Question:
        return Question(
            filter=Tree(),
            groups=(self.by,) if self.by else (),
            # The number of elements first: where there are too many groups, the largest stay.
            measures=(Measured(ALL), *self.measures),
            sort=BY_GROUP,
            descending=self.descending,
            limit=PAGE if self.in_database else MOST_GROUPS,
            chart="table",
            by_key=self.in_database,
            offset=self.first if self.in_database else 0,
        )


@dataclass(frozen=True)
class Part:
    """A group of a level, as the reader knows it."""

    group: Group
    step: str
    tally: Tally

    @property
    def name(self) -> str:
        return _("Not set") if self.group.key[0] == NO_VALUE else self.group.name


@dataclass(frozen=True)
class Level:
    """`known` is how many groups there are on all pages, `total` tells of their elements."""

    asked: Asked
    parts: Sequence[Part]
    total: Tally
    known: int

    @property
    def left(self) -> int:
        """How many groups come after this page."""
        return max(0, self.known - self.asked.first - len(self.parts))


def read_level(rows: QuerySet[Any], asked: Asked, *, actor: Employee) -> Level:
    """One query, and one more where different values are counted or a group of several values
    has no name; and the names."""
    question = asked.question()
    got = rows_of(rows, question, _zone())
    made = told(question, got, actor)
    groups, known = _page(asked, made, got)
    texts = _texts(asked, made, got)
    level = Level(
        asked,
        [Part(one, _step(one, texts), made.by_line[one.key]) for one in groups],
        made.total,
        known,
    )
    _count_different(rows, level, texts, actor)
    return _exact(rows, level, texts, actor)


def _zone() -> str:
    return timezone.get_current_timezone_name()


def _page(asked: Asked, made: Answer, got: list[Row]) -> tuple[list[Group], int]:
    """The groups of the page in order, and how many there are."""
    if not asked.in_database:
        return made.lines[asked.first : asked.first + PAGE], len(made.lines)
    places = {row["k1"]: row["p1"] for row in got if row["k1"] is not None}
    by_key = {_key_of(asked, text): place for text, place in places.items()}
    own = [one for one in made.lines if one.key[0] != OTHERS]
    return sorted(own, key=lambda one: by_key[one.key]), made.others[0]


def _key_of(asked: Asked, text: str) -> tuple[str, Any]:
    if asked.by is None or text == "":
        return NO_VALUE, None
    return VALUE, asked.by.grouping.read(text)


Texts = dict[tuple[str, Any], list[str]]
"""The group's key → the texts of the keys that are in it; the others have none."""


def _texts(asked: Asked, made: Answer, got: list[Row]) -> Texts:
    texts: Texts = {}
    for text in dict.fromkeys(row["k1"] for row in got) if asked.by else ():
        if text is not None:
            key = _key_of(asked, text)
            texts.setdefault(key if key in made.by_line else (GONE, None), []).append(text)
    return texts


def _step(group: Group, texts: Texts) -> str:
    kind = group.key[0]
    return f"v{texts[group.key][0]}" if kind == VALUE else STEPS[kind]


def _count_different(rows: QuerySet[Any], level: Level, texts: Texts, actor: Employee) -> None:
    """Put how many different values there are beside the other numbers."""
    question = level.asked.question()
    keys = [part.group.key for part in level.parts]
    slots = {text: slot for slot, key in enumerate(keys) for text in texts.get(key, ())}
    tallies = {**{n: part.tally for n, part in enumerate(level.parts)}, WHOLE: level.total}
    others = next((part.tally for part in level.parts if part.group.key[0] == OTHERS), None)
    for (place, slot), number in uniques_of(rows, question, slots, actor=actor).items():
        tally = others if slot == REST else tallies.get(slot)
        if tally is not None:
            tally.parts[place, ""] = {"unique": number}


def _exact(rows: QuerySet[Any], level: Level, texts: Texts, actor: Employee) -> Level:
    """An element with several values of a group without one name is in it once."""
    by = level.asked.by
    if by is None or not by.field.multiple:
        return level
    return replace(level, parts=[_once(rows, level, part, texts, actor) for part in level.parts])


def _once(rows: QuerySet[Any], level: Level, part: Part, texts: Texts, actor: Employee) -> Part:
    kind = part.group.key[0]
    if kind not in {GONE, OTHERS}:
        return part
    own = rows.filter(_without_name(level.asked, kind, texts))
    return replace(part, tally=total(own, level.asked.measures, actor=actor))


def total(rows: QuerySet[Any], measures: tuple[Measured, ...], *, actor: Employee) -> Tally:
    """Of all the rows together."""
    return read_level(rows, Asked(None, measures=measures), actor=actor).total


# --- what is in a group -------------------------------------------------------------------


def within(rows: QuerySet[Any], by: GroupBy, step: str, *, actor: Employee) -> Q:
    """The elements of an opened group. Raises NotFound for a group that the person could not have
    opened: a thing of which they may not know the name is no group."""
    kind = {mark: kind for kind, mark in STEPS.items()}.get(step)
    if kind == NO_VALUE:
        return Q.create([(f"{by.field.main_column}__isnull", True)])
    if kind:
        return _nameless(rows, Asked(by), kind, actor)
    key = _read(by, step)
    if by.field.type.reference:
        pair = (by.field, [key] if by.field.multiple else key)
        if key not in titles_of([pair], actor=actor)[by.field.key]:
            raise NotFound
    return by.grouping.within(by.field, key)


def _read(by: GroupBy, step: str) -> Any:
    """The key of a step. Raises NotFound for one that was never told."""
    if not step.startswith("v"):
        raise NotFound
    try:
        key = by.grouping.read(step[1:])
    except (ValueError, ArithmeticError, Invalid):
        raise NotFound from None
    # What no column could hold is no value of an element, and an error for the database.
    if isinstance(key, int) and abs(key) >= LARGEST:
        raise NotFound
    if isinstance(key, Decimal) and not _fits(key):
        raise NotFound
    return key


def _fits(key: Decimal) -> bool:
    return key.is_finite() and SMALLEST < key.adjusted() < MAX_DIGITS - MAX_PRECISION


def _nameless(rows: QuerySet[Any], asked: Asked, kind: str, actor: Employee) -> Q:
    question = asked.question()
    got = [] if asked.in_database else rows_of(rows, question, _zone())
    made = told(question, got, actor)
    if (kind, None) not in made.by_line:
        raise NotFound
    return _without_name(asked, kind, _texts(asked, made, got))


def _without_name(asked: Asked, kind: str, texts: Texts) -> Q:
    """Some value of the elements is one of those, whatever the others are."""
    by = asked.by
    if by is None:
        raise NotFound
    column = by.field.main_column
    if kind == GONE:
        keys = [stored(by.field, by.grouping.read(text)) for text in texts[GONE, None]]
        return Q.create([(f"{column}__{'overlap' if by.field.multiple else 'in'}", keys)])
    known = [text for own in texts.values() for text in own if text]
    keys = [stored(by.field, by.grouping.read(text)) for text in known]
    inside = Q.create([(f"{column}__{'contained_by' if by.field.multiple else 'in'}", keys)])
    return Q.create([(f"{column}__isnull", False)]) & ~inside
