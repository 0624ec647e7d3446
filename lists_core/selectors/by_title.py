"""Sorting by a link: by the title of what it points to, as the reader may see it, then by its id.

What the reader may not see sorts as an empty value does, last and by the element's own id, so the
order tells nothing of it. In general the title of each row is looked up (`order_of`). Pages of
large lists are read by statements of their own (`ByTitle`): one walks the things in the order of
their titles and takes the rows that point to each, from index to index; the other joins and sorts
everything. Both give the order of `order_of`.

Things, rows and conditions come compiled by Django, with their parameters; what is added here are
names of this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet, Subquery, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from lists_core.field_types.titled import Titled
from lists_core.schema.fields import SchemaField
from staff.models import Employee

Sql = tuple[str, tuple[Any, ...]]
#: Places of the two keys of `order_of` in the order of a query.
KEYS = 2
OWN = "SELECT * FROM ({rows}) AS own ({columns})"
WALK = """
    SELECT own.id FROM ({things}) AS thing (key, id, title)
    CROSS JOIN LATERAL (
        {own} WHERE own.link = thing.key ORDER BY {rest} LIMIT %s
    ) AS own
    ORDER BY {titles}, {rest} LIMIT %s OFFSET %s
"""
JOIN = """
    SELECT own.id FROM ({own}) AS own LEFT JOIN ({things}) AS thing (key, id, title)
    ON thing.key = own.link ORDER BY {titles}, {rest} LIMIT %s OFFSET %s
"""


class OfThings(OrderBy):
    """The first of the two keys; it knows what `ByTitle` reads."""

    column: str = ""
    things: Sequence[Titled] = ()


def order_of(field: SchemaField, *, descending: bool, actor: Employee) -> list[OrderBy]:
    """What a query of the list is sorted by to be sorted by the field; empty values last."""
    if not field.type.sorted_by_title:
        return [field.order_by(descending=descending)]
    things = field.type.titled(field.field, actor=actor)
    if not things:
        return []
    column = field.main_column
    first = OfThings(_key(column, [(one, one.title) for one in things]), descending, None, True)  # noqa: FBT003
    first.column, first.things = column, things
    ids = _key(column, [(one, F("pk")) for one in things])
    return [first, OrderBy(ids, descending, None, True)]  # noqa: FBT003


def _key(column: str, told: Sequence[tuple[Titled, Any]]) -> Any:
    """One value of the thing that a row points to, whatever table it is of.

    Of no thing that can be seen it is empty: a query of nothing would leave the list empty too.
    """
    found = [
        Subquery(one.pointed(column).annotate(told=value).values("told")) for one, value in told
    ]
    return Coalesce(*found, Value(None))


def by_title(rows: QuerySet[Any], begins: str | None = None) -> ByTitle | None:
    """For a query of `found`; None where it is not sorted by a link before all else, or nothing
    that the link points to can be seen. Where all rows have titles that come at `begins` or later,
    things with earlier ones need not be walked."""
    first = rows.query.order_by[0] if rows.query.order_by else None
    if not isinstance(first, OfThings):
        return None
    down = bool(first.descending)
    parts = [part for one in first.things if (part := _compiled(one, begins, down=down))]
    lists = [one.list_id for one in first.things if one.list_id]
    return ByTitle(rows, first.column, parts, down, lists) if parts else None


def _united(parts: Sequence[Sql]) -> Sql:
    texts = " UNION ALL ".join(text for text, _given in parts)
    return texts, tuple(value for _text, given in parts for value in given)


@dataclass(frozen=True)
class ByTitle:
    """A query of a list that is sorted by a link before all else; `lists` are those of the things,
    whose names an index should have in order."""

    rows: QuerySet[Any]
    column: str
    parts: Sequence[Sql]
    descending: bool
    lists: Sequence[int] = ()

    def walked(self, start: int, stop: int) -> list[int]:
        """Ids of those rows whose thing can be seen, from `start` on: quick where most can."""
        return self._read(WALK, stop, start)

    def sorted(self, start: int, stop: int) -> list[int]:
        """The same of all rows, whatever they point to."""
        return self._read(JOIN, stop, start)

    def _read(self, statement: str, stop: int, start: int) -> list[int]:
        try:
            own, given = self._own()
        except EmptyResultSet:
            return []
        things, seen = _united(self.parts)
        text = statement.format(own=own, things=things, titles=self._titles, rest=self._rest)
        ends = (stop - start, start)
        walks = statement is WALK
        parameters = (*seen, *given, stop, *ends) if walks else (*given, *seen, *ends)
        with connection.cursor() as cursor:
            cursor.execute(text, parameters)
            return [pk for (pk,) in cursor.fetchall()]

    @property
    def _sorts(self) -> list[OrderBy]:
        """What the query is sorted by after the link."""
        return [one for one in self.rows.query.order_by if isinstance(one, OrderBy)][KEYS:]

    def _own(self) -> Sql:
        """The rows with the link and what they are sorted by besides."""
        sorts = {f"by_{n}": one.expression for n, one in enumerate(self._sorts)}
        rows = self.rows.order_by().annotate(by_link=F(self.column), **sorts)
        text, given = rows.values_list("pk", "by_link", *sorts).query.sql_with_params()
        return OWN.format(rows=text, columns=", ".join(["id", "link", *sorts])), given

    @property
    def _titles(self) -> str:
        down = " DESC" if self.descending else ""
        return f"thing.title{down} NULLS LAST, thing.id{down} NULLS LAST"

    @property
    def _rest(self) -> str:
        ways = [" DESC" if one.descending else "" for one in self._sorts]
        told = [f"own.by_{n}{way} NULLS LAST" for n, way in enumerate(ways)]
        last = " DESC" if self.rows.query.order_by[-1] == "-pk" else ""
        return ", ".join([*told, f"own.id{last}"])


def _compiled(one: Titled, begins: str | None, *, down: bool) -> Sql | None:
    rows = one.rows.order_by().annotate(told_key=one.key, told_title=one.title)
    if begins is not None:
        rows = rows.filter(Q.create([(f"told_title__{'lte' if down else 'gte'}", begins)]))
    try:
        text, given = rows.values_list("told_key", "pk", "told_title").query.sql_with_params()
    except EmptyResultSet:
        return None
    return text, given
