"""How many different values there are: in each of some groups and in all of them together.

One statement for all columns that are asked. `slots` are the groups that are told apart, by the
text of their keys: keys of one number are one group. Of several values of an element each is
one. Things that have names are counted as far as the reader may see their names; all others
are one more, as they are one group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.utils import timezone

from lists_core.field_types.base import Titles
from lists_core.reports.question import Measured, Question, groupings_of
from lists_core.reports.statement import Row, Statement, columns_of, picked, read
from lists_core.reports.totals import MOST_NAMED, UNIQUE
from lists_core.schema.fields import SchemaField
from lists_core.selectors.titles import titles_of
from staff.models import Employee

WHOLE, REST = -1, -2
"""The slots of all the elements, and of the groups that have no slot."""
SLOT = "(%s::int[])[array_position(%s::text[], COALESCE(raw.k1::text, ''))]"
Asked = Mapping[int, Measured]
Numbers = dict[tuple[int, int], int]
"""(place of the measure, slot) → how many different values."""


def uniques_of(
    found: QuerySet[Any], question: Question, slots: Mapping[str, int], *, actor: Employee
) -> Numbers:
    """One query, and one for each kind of thing that is counted by name; none where no column
    asks."""
    asked = {n: one for n, one in enumerate(question.measures) if one.measure == UNIQUE}
    if not asked:
        return {}
    try:
        text, parameters = picked(found, question).query.sql_with_params()
    except EmptyResultSet:
        return {}
    given = [[*slots.values()], [*slots]] if question.groups else []
    return _counted(read(_statement(text, question, asked), [*given, *parameters]), asked, actor)


# --- the statement ------------------------------------------------------------------------


def _statement(found: str, question: Question, asked: Asked) -> str:
    names = [name for place, one in asked.items() for name in _columns(place, one)]
    keys = replace(question, measures=())
    data = Statement(keys, timezone.get_current_timezone_name()).data(found, names)
    slot = f"COALESCE({SLOT if question.groups else 'NULL'}, {REST}) AS slot"
    parts = [f"data AS (SELECT {slot}, raw.* FROM ({data}) AS raw)"]  # noqa: S608
    parts += [_different(place, one) for place, one in asked.items()]
    grouped = bool(question.groups)
    told = [_numbers(place, one, grouped=grouped) for place, one in asked.items()]
    return f"WITH {', '.join(parts)} {' UNION ALL '.join(told)}"


def _columns(place: int, measured: Measured) -> list[str]:
    return [f"rep_{name}" for name, _column in columns_of(place, measured)]


def _different(place: int, measured: Measured) -> str:
    """The different values of each slot; hashed, where `count(DISTINCT …)` would sort them."""
    names = _columns(place, measured)
    shown, source = ", ".join(names), "data"
    if _field(measured).multiple:
        arrays = ", ".join(f"data.{name}" for name in names)
        items = f"unnest({arrays}) AS item ({shown})"
        source = f"(SELECT data.slot, item.* FROM data, {items}) AS items"  # noqa: S608
    where = f"WHERE {names[0]} IS NOT NULL"
    return f"u{place} AS (SELECT DISTINCT slot, {shown} FROM {source} {where})"  # noqa: S608


def _numbers(place: int, measured: Measured, *, grouped: bool) -> str:
    """`place`, `slot`, `n`; `names` are the values as texts where the names are to be looked at."""
    names = _columns(place, measured)
    few = f"CASE WHEN count(*) <= {MOST_NAMED} THEN array_agg({names[0]}::text) END"
    texts = few if _field(measured).type.reference else "NULL::text[]"
    told = f"count(*) AS n, {texts} AS names"
    if not grouped:
        return f"SELECT {place} AS place, {WHOLE} AS slot, {told} FROM u{place}"  # noqa: S608
    whole = f"SELECT DISTINCT {', '.join(names)} FROM u{place}"  # noqa: S608
    return (
        f"SELECT {place} AS place, {WHOLE} AS slot, {told} FROM ({whole}) AS whole"  # noqa: S608
        f" UNION ALL SELECT {place}, slot, {told} FROM u{place} GROUP BY slot"
    )


def _field(measured: Measured) -> SchemaField:
    if measured.field is None:
        raise TypeError("only values of a field are different")
    return measured.field


# --- names --------------------------------------------------------------------------------


def _counted(rows: list[Row], asked: Asked, actor: Employee) -> Numbers:
    named = [(_field(asked[row["place"]]), row["names"]) for row in rows if row["names"]]
    values = {(field.key, text): _read(field, text) for field, texts in named for text in texts}
    titles = titles_of(_pairs(named, values), actor=actor)
    return {
        (row["place"], row["slot"]): _number(row, _field(asked[row["place"]]), values, titles)
        for row in rows
    }


def _pairs(named: list[tuple[SchemaField, list[str]]], values: Any) -> Iterator[Any]:
    for field, texts in named:
        items = [values[field.key, text] for text in texts]
        yield from ((field, value) for value in ([items] if field.multiple else items))


def _read(field: SchemaField, text: str) -> Any:
    """The value of its text in the database: an id, or what the type's grouping reads."""
    return groupings_of(field)[0].read(text) if groupings_of(field) else int(text)


def _number(row: Row, field: SchemaField, values: Any, titles: Mapping[str, Titles]) -> int:
    if not row["names"]:
        too_many = field.type.reference and row["n"] > MOST_NAMED
        return MOST_NAMED + 1 if too_many else int(row["n"])
    known = [values[field.key, text] in titles[field.key] for text in row["names"]]
    return sum(known) + (not all(known))
