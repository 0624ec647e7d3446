"""An answer as a table: what pages, charts and exported files show of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from lists_core.models import List
from lists_core.reports.answer import Answer, Group, Tally
from lists_core.reports.measures import Number
from lists_core.reports.question import Measured

NOTHING = "—"
CROSSED = 2


@dataclass(frozen=True)
class Cell:
    """`texts` are several where amounts are of several currencies; `value` is what a chart
    draws, "" where there is nothing; `url` opens the elements in the list."""

    texts: list[str]
    value: str = ""
    url: str = ""


@dataclass(frozen=True)
class Heading:
    """`series` says that a chart draws the column, `total` that it sums up the ones before."""

    name: str
    tone: str = ""
    series: bool = False
    total: bool = False


@dataclass(frozen=True)
class Line:
    name: str
    cells: list[Cell]
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """A total with its name, for whoever wants to see one number."""

    name: str
    texts: list[str]


@dataclass(frozen=True)
class Table:
    """`split` is the currency that the chart draws when there are several."""

    corner: str
    headings: list[Heading]
    lines: list[Line]
    totals: list[Cell]
    figures: list[Figure]
    chart: str = "table"
    split: str = ""
    label: str = ""
    notes: list[str] = field(default_factory=list)


def table_of(got: Answer, list_: List) -> Table:
    return _Tabulator(got, list_).table()


class _Tabulator:
    def __init__(self, got: Answer, list_: List) -> None:
        self.got, self.list = got, list_
        self.question = got.question
        self.measures = self.question.measures
        self.crossed = len(self.question.groups) == CROSSED
        self.split = self._split()

    def table(self) -> Table:
        groups = self.question.groups
        return Table(
            corner=groups[0].name if groups else "",
            headings=[*self._crossed_headings(), *self._headings()],
            lines=[self._line(line) for line in self.got.lines],
            totals=self._totals(),
            figures=self._figures(),
            chart=self.question.chart if groups and self.got.lines else "table",
            split=self.split if self._splits() - {self.split} else "",
            label=self._label(),
            notes=self._notes(),
        )

    # --- headings -------------------------------------------------------------------------

    def _crossed_headings(self) -> list[Heading]:
        return [Heading(column.name, column.tone, series=True) for column in self.got.columns]

    def _headings(self) -> list[Heading]:
        names = [measured.name for measured in self.measures]
        if not self.crossed:
            return [Heading(name, series=not place) for place, name in enumerate(names)]
        return [Heading(_("Total: %(name)s") % {"name": name}, total=True) for name in names]

    def _label(self) -> str:
        names = " / ".join(group.name for group in self.question.groups)
        measured = self.measures[0].name
        return f"{measured} – {names}" if names else measured

    def _notes(self) -> list[str]:
        notes = []
        if any(group.field.multiple for group in self.question.groups):
            notes.append(
                _("An element with several values is in several groups, and once in the total.")
            )
        if self._splits() - {self.split}:
            text = _("Amounts of several currencies are not added. The chart shows %(currency)s.")
            notes.append(text % {"currency": self.split})
        return notes

    def _figures(self) -> list[Figure]:
        return [
            Figure(measured.name, self._cell(self.got.total, place).texts)
            for place, measured in enumerate(self.measures)
        ]

    # --- cells ----------------------------------------------------------------------------

    def _line(self, line: Group) -> Line:
        cells = [
            self._cell(self.got.cells.get((line.key, column.key)), 0, self._url(line, column))
            for column in self.got.columns
        ]
        own = self.got.by_line[line.key]
        cells += [self._cell(own, place) for place in range(len(self.measures))]
        return Line(line.name, cells, line.tone, self._url(line))

    def _totals(self) -> list[Cell]:
        cells = [
            self._cell(self.got.by_column[column.key], 0, self._url(column))
            for column in self.got.columns
        ]
        return cells + [self._cell(self.got.total, place) for place in range(len(self.measures))]

    def _cell(self, tally: Tally | None, place: int, url: str = "") -> Cell:
        measured = self.measures[place]
        values = tally.values(place, measured) if tally else []
        if not values:
            return Cell([NOTHING])
        texts = [shown(measured, number, split) for split, number in values]
        split = self.split if measured.measure.split else ""
        return Cell(texts, plain(dict(values).get(split)), url)

    # --- currencies -----------------------------------------------------------------------

    def _splits(self) -> set[str]:
        """Of the measure that the chart draws."""
        return {split for place, split in self.got.total.parts if place == 0 and split}

    def _split(self) -> str:
        usual, known = self.measures[0].usual, self._splits()
        return usual if usual in known or not known else min(known)

    # --- the way into the list --------------------------------------------------------------

    def _url(self, *groups: Group) -> str:
        conditions = [group.condition for group in groups]
        if not all(conditions):
            return ""
        return drill(self.list, self.question.filter.to_json(), [one for one in conditions if one])


def shown(measured: Measured, number: Number, split: str) -> str:
    return measured.measure.show(measured.field, number, split)


def plain(number: Number | None) -> str:
    return "" if number is None else format(Decimal(number), "f")


def drill(list_: List, tree: Mapping[str, Any], conditions: Iterable[Mapping[str, Any]]) -> str:
    """The grid of the list with the report's filter and these conditions."""
    both = [*tree["and"], *conditions] if "and" in tree else [tree, *conditions]
    text = json.dumps({"and": both}, ensure_ascii=False, separators=(",", ":"))
    query = f"?{urlencode({'filter': text})}" if both else ""
    return reverse("list", args=[list_.pk]) + query
