"""The lists that are tabs in a card: which, how many of their elements belong to the item."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, Value

from crm_link.binding import BINDING, is_visible, kinds_of
from crm_link.kinds import Kind
from crm_link.refs import CrmRef
from lists_core.access import schemas_for, visible, visible_lists
from lists_core.models import Field, List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import Count, elements
from lists_core.selectors.fence import in_time
from lists_core.services.repointing import pointing_q
from staff.models import Employee

#: Tabs count no further.
COUNTED = 1000
QUOTED = re.compile(r'"(?:list_|f)\d+"')


@dataclass(frozen=True)
class BoundList:
    """A list that may be bound to items of a kind, as one person sees it; `fields` are its
    bindings that show it in their cards and that the person may read."""

    list: List
    schema: Schema
    fields: Sequence[SchemaField]

    def rows(self, ref: CrmRef) -> Q:
        """Over the list's table: bound to the item by any of the fields."""
        return pointing_q(self.fields, ref)


def bound_lists(actor: Employee, kind: Kind) -> list[BoundList]:
    """The visible lists with a readable binding that makes them tabs of this kind's cards, in
    the order of lists. A fixed number of queries."""
    found = showing_fields(kind, list__in=visible_lists(actor))
    lists = {field.list_id: field.list for field in found}
    schemas = schemas_for(actor, list(lists.values()))
    bound = [
        BoundList(list_, schemas[pk], showing(schemas[pk], kind)) for pk, list_ in lists.items()
    ]
    return [one for one in bound if one.fields]


def bound_list(actor: Employee, kind: Kind, list_id: int) -> BoundList | None:
    """One of them; None when the person sees no such tab."""
    found = showing_fields(kind, list=list_id, list__in=visible_lists(actor))
    if not found:
        return None
    list_ = found[0].list
    schema = schemas_for(actor, [list_])[list_.pk]
    fields = showing(schema, kind)
    return BoundList(list_, schema, fields) if fields else None


def showing_fields(kind: Kind, **among: Any) -> list[Field]:
    """The live bindings of live lists that make tabs of this kind's cards, with their lists."""
    rows = Field.objects.filter(type=BINDING, deleted_at=None, list__deleted_at=None, **among)
    ordered = rows.select_related("list").order_by("list__sort", "list__name", "list", "sort", "pk")
    return [field for field in ordered if is_visible(field) and kind in kinds_of(field)]


def showing(schema: Schema, kind: Kind) -> list[SchemaField]:
    """Those of a list's fields, as one person may read it."""
    own = [field for field in schema.fields if field.type.slug == BINDING]
    return [one for one in own if is_visible(one.field) and kind in kinds_of(one.field)]


def bound_counts(
    actor: Employee, ref: CrmRef, bound: Collection[BoundList], *, milliseconds: float
) -> dict[int, Count] | None:
    """List id → how many of its elements the actor may read belong to the item, counted to
    COUNTED, by one query for all. None when the database needs longer than that."""
    parts = _countings(actor, ref, bound)
    found: Mapping[int, int] | None = in_time(lambda: _counted(parts), milliseconds)
    if found is None:
        return None
    return {
        one.list.pk: Count(
            min(found.get(one.list.pk, 0), COUNTED),
            exact=found.get(one.list.pk, 0) <= COUNTED,
        )
        for one in bound
    }


Sql = tuple[str, tuple[Any, ...]]


def _countings(actor: Employee, ref: CrmRef, bound: Collection[BoundList]) -> list[Sql]:
    """Statements of all lists. Lists in which the actor has the same rights ask the same of their
    tables: compiled once, the others' differ by the names of the table and the bindings alone."""
    made: dict[Any, tuple[BoundList, Sql | None]] = {}
    found = []
    for one in bound:
        asked = visible(actor, one.schema), tuple(field.multiple for field in one.fields)
        if asked not in made:
            made[asked] = (one, _counting(actor, ref, one))
        first, statement = made[asked]
        if statement:
            found.append(_named_as(one, first, statement))
    return found


def _named_as(one: BoundList, first: BoundList, statement: Sql) -> Sql:
    sql, params = statement
    names = dict(zip(_names(first), _names(one), strict=True))
    inner = QUOTED.sub(lambda name: names.get(name[0], name[0]), sql) if one is not first else sql
    return f"SELECT {int(one.list.pk)}, count(*) FROM ({inner}) AS bound", params  # noqa: S608 - compiled by Django


def _names(one: BoundList) -> list[str]:
    return [f'"{one.schema.table}"', *(f'"{field.main_column}"' for field in one.fields)]


def _counting(actor: Employee, ref: CrmRef, one: BoundList) -> Sql | None:
    """The rows of one list; None when nothing can be found."""
    rows = elements(one.schema, actor).filter(one.rows(ref)).order_by()
    try:
        inner, params = rows.values_list(Value(1))[: COUNTED + 1].query.sql_with_params()
    except EmptyResultSet:
        return None
    return inner, params


def _counted(parts: Sequence[Sql]) -> dict[int, int]:
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(sql for sql, _own in parts),
            [value for _sql, own in parts for value in own],
        )
        return dict(cursor.fetchall())
