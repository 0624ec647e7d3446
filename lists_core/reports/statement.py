"""The one statement of a report: groups, measures, the largest groups and the others together.

Only constants of the program become SQL: the keys of groupings, the values and parts of
measures, and aliases numbered here. The rows come from `found`, compiled by Django with its
own parameters; no element's id leaves the database.

`data` has a line for each element and, where a field of a grouping has several values, for
each of them; `f1` and `f2` say that it is the element's first. So elements are counted once in
totals, whatever the number of their values. `agg` has a line for each group, `places1` and
`places2` put the groups in order, and what is past the limit comes out as one with a NULL key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from psycopg import sql

from lists_core.reports.measures import PARTS
from lists_core.reports.question import BY_GROUP, GroupBy, Measured, Question, moment_of

COLUMNS_LIMIT = 12
Row = dict[str, Any]


def rows_of(found: QuerySet[Any], question: Question, zone: str) -> list[Row]:
    """Lines of the answer: `k1`, `k2` (text; "" for no value, None for the others), `g1`, `g2`
    (how many groups there are), `p1`, `p2` (the first of their places in the order), `f1`, `f2`,
    `n` (rows) and `v0_sum`, `c0`, … by measure."""
    try:
        text, parameters = picked(found, question).query.sql_with_params()
    except EmptyResultSet:
        return []
    return read(Statement(question, zone).statement(text), parameters)


def read(statement: str, parameters: Sequence[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def picked(found: QuerySet[Any], question: Question) -> QuerySet[Any]:
    """The rows with the columns that the statement needs, under its own names."""
    columns = {
        **{f"d{place}": group.field.main_column for place, group in _numbered(question.groups)},
        **{
            name: column
            for place, measured in enumerate(question.measures)
            for name, column in columns_of(place, measured)
        },
    }
    rows = found.order_by().annotate(**{f"rep_{name}": F(col) for name, col in columns.items()})
    return rows.values_list(*[f"rep_{name}" for name in columns] or ["pk"])


def columns_of(place: int, measured: Measured) -> list[tuple[str, str]]:
    own = measured.field.column_names if measured.field else ()
    other = (measured.other.main_column,) if measured.other else ()
    return [(f"m{place}_{number}", name) for number, name in enumerate((*own, *other))]


def _numbered(groups: Sequence[GroupBy]) -> Iterable[tuple[int, GroupBy]]:
    return enumerate(groups, start=1)


def _quoted(text: str) -> str:
    """A text of the program's settings as SQL, beside parameters that stand as %s."""
    return sql.Literal(text).as_string(None).replace("%", "%%")


class Statement:
    def __init__(self, question: Question, zone: str) -> None:
        self.question = question
        self.zone = _quoted(zone)
        self.groups = list(_numbered(question.groups))
        self.measures = list(enumerate(question.measures))
        self.splits = [place for place, measured in self.measures if measured.measure.split]

    def statement(self, found: str) -> str:
        parts = [
            f"WITH data AS ({self.data(found)})",
            f"agg AS ({self._agg()})",
            *(f"places{place} AS ({self._places(place, group)})" for place, group in self.groups),
        ]
        return f"{', '.join(parts)} {self._answer()}"

    # --- a line for each value of each element ------------------------------------------

    def data(self, found: str, more: Iterable[str] = ()) -> str:
        """`more` are columns of `picked` that stand beside the keys and values."""
        shown = [
            *(f"picked.{name}" for name in more),
            *(part for place, group in self.groups for part in self._key(place, group)),
            *(part for place, measured in self.measures for part in self._value(place, measured)),
        ]
        joins = "".join(
            f" LEFT JOIN LATERAL ({self._several(place, group)}) AS item{place} ON true"
            for place, group in self.groups
            if group.field.multiple
        )
        return f"SELECT {', '.join(shown) or '1'} FROM ({found}) AS picked{joins}"  # noqa: S608

    def _several(self, place: int, group: GroupBy) -> str:
        """The different keys of an element's values, numbered."""
        keys = f"SELECT DISTINCT {self._key_of('value', group)} AS key"
        values = f"{keys} FROM unnest(picked.rep_d{place}) AS one (value)"
        return f"SELECT key, row_number() OVER () AS place FROM ({values}) AS keys"  # noqa: S608

    def _key(self, place: int, group: GroupBy) -> tuple[str, str]:
        if group.field.multiple:
            first = f"COALESCE(item{place}.place, 1) = 1"
            return f"item{place}.key AS k{place}", f"{first} AS f{place}"
        return f"{self._key_of(f'picked.rep_d{place}', group)} AS k{place}", f"true AS f{place}"

    def _key_of(self, value: str, group: GroupBy) -> str:
        return group.grouping.key.format(value=value, zone=self.zone)

    def _value(self, place: int, measured: Measured) -> list[str]:
        measure = measured.measure
        columns = [f"picked.rep_{name}" for name, _column in columns_of(place, measured)]
        if measured.field and measured.other:
            columns = self._moments(measured, columns)
        values = [f"{measure.value.format(*columns)} AS v{place}"] if measure.value else []
        return [
            *values,
            *([f"{measure.split.format(*columns)} AS c{place}"] if measure.split else []),
        ]

    def _moments(self, measured: Measured, columns: list[str]) -> list[str]:
        fields = (measured.field, measured.other)
        return [
            known.moment.format(column, zone=self.zone)
            for field, column in zip(fields, columns, strict=True)
            if field and (known := moment_of(field))
        ]

    # --- a line for each group ------------------------------------------------------------

    def _agg(self) -> str:
        keys = [name for place, _group in self.groups for name in (f"k{place}", f"f{place}")]
        keys += [f"c{place}" for place in self.splits]
        shown = [
            f"COALESCE(data.{name}::text, '') AS {name}" if name.startswith("k") else f"data.{name}"
            for name in keys
        ]
        parts = [f"{sql_} AS {name}" for name, sql_, _join in self._parts()]
        grouped = f" GROUP BY {', '.join(f'data.{name}' for name in keys)}" if keys else ""
        lines = ", ".join([*shown, "count(*) AS n", *parts])
        return f"SELECT {lines} FROM data{grouped}"  # noqa: S608 - constants

    def _parts(self) -> list[tuple[str, str, str]]:
        """Name, SQL over `data`, and the function that joins two, of every part."""
        return [
            (f"v{place}_{part}", PARTS[part][0].format(value=f"data.v{place}"), PARTS[part][1])
            for place, measured in self.measures
            for part in measured.measure.parts
        ]

    # --- the order of groups --------------------------------------------------------------

    def _places(self, place: int, group: GroupBy) -> str:
        others = " AND ".join(f"f{other}" for other, _group in self.groups if other != place)
        where = f" WHERE {others}" if others else ""
        order = self._order(place, group)
        return (
            f"SELECT k{place}, row_number() OVER (ORDER BY {order}, k{place}) AS place,"  # noqa: S608
            f" count(*) OVER () AS known FROM agg{where} GROUP BY k{place}"
        )

    def _order(self, place: int, group: GroupBy) -> str:
        """Which groups come first when there are too many: the newest, or the largest."""
        question = self.question
        if question.by_key:
            key = group.grouping.sort.format(key=f"NULLIF(k{place}, '')")
            return f'{key} {self._turned} NULLS LAST, k{place} COLLATE "C" {self._turned}'
        newest = f"NULLIF(k{place}, '') DESC NULLS LAST"
        if group.grouping.in_time and (place > 1 or question.sort == BY_GROUP):
            return newest
        measured = question.sorted_by or question.measures[0]
        number = question.measures.index(measured)
        parts = {part: self._joined(number, part) for part in measured.measure.parts}
        by = measured.measure.order.format(rows="sum(n)", **parts)
        ascending = question.sorted_by and not question.descending and place == 1
        return f"{by} {'ASC' if ascending else 'DESC'} NULLS LAST"

    @property
    def _turned(self) -> str:
        return "DESC" if self.question.descending else "ASC"

    def _joined(self, number: int, part: str) -> str:
        usual = self.question.measures[number].usual
        only = f" FILTER (WHERE c{number} = {_quoted(usual)})" if usual else ""
        return f"{PARTS[part][1]}(v{number}_{part}){only}"

    # --- the answer -----------------------------------------------------------------------

    def _answer(self) -> str:
        keys = [part for place, _group in self.groups for part in self._shown_key(place)]
        keys += [f"agg.c{place}" for place in self.splits]
        known = [
            f"max(places{place}.known) AS g{place}, min(places{place}.place) AS p{place}"
            for place, _group in self.groups
        ]
        joined = [f"{join}(agg.{name}) AS {name}" for name, _sql, join in self._parts()]
        lines = ", ".join([*keys, *known, "sum(agg.n) AS n", *joined])
        joins = "".join(
            f" JOIN places{place} ON places{place}.k{place} = agg.k{place}"
            for place, _group in self.groups
        )
        grouped = f" GROUP BY {', '.join(str(n) for n in range(1, len(keys) + 1))}" if keys else ""
        return f"SELECT {lines} FROM agg{joins}{grouped}"  # noqa: S608 - constants

    def _shown_key(self, place: int) -> tuple[str, str]:
        most = self.question.limit if place == 1 else COLUMNS_LIMIT
        first = int(self.question.offset)
        inside = f"places{place}.place BETWEEN {first + 1} AND {first + int(most)}"
        return f"CASE WHEN {inside} THEN agg.k{place} END AS k{place}", f"agg.f{place}"
