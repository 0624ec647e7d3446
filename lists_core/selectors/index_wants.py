"""Which indexes would answer a query of a list: read from the conditions that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Lookup, QuerySet
from django.db.models.expressions import Col
from django.db.models.sql.where import WhereNode

from lists_core.models import ListIndex
from lists_core.schema.compile import Schema
from lists_core.schema.indexes import ALWAYS, Want, column_owner, is_possible, sort_want

Kind = ListIndex.Kind
Sort = Sequence[tuple[str, bool]]
KINDS = {
    **dict.fromkeys(("icontains", "istartswith", "iexact"), Kind.LETTERS),
    **dict.fromkeys(("exact", "in", "gt", "gte", "lt", "lte", "range"), Kind.UP),
    **dict.fromkeys(("overlap", "contains"), Kind.ITEMS),
}


def wants_of(schema: Schema, rows: QuerySet[Any], sort: Sort) -> set[Want]:
    """What a query of the list reads by, and the first of its sorts. Asks the database nothing:
    the conditions are taken as they stand in the query, not built once more."""
    found = set(_of_conditions(rows.query.where, schema)) | _of_sort(schema, sort)
    return {want for want in found if is_possible(schema, want)}


def _of_sort(schema: Schema, sort: Sort) -> set[Want]:
    """Of several sorts the first: what is equal by it is put in order by itself."""
    for code, descending in sort[:1]:
        field = schema.get(code)
        want = sort_want(field, descending=descending) if field else None
        return {want} if want else set()
    return set()


def _of_conditions(node: WhereNode, schema: Schema) -> Iterator[Want]:
    """What is denied mostly leaves nearly all rows, and no index helps with that."""
    if node.negated:
        return
    for child in node.children:
        if isinstance(child, WhereNode):
            yield from _of_conditions(child, schema)
        elif isinstance(child, Lookup) and isinstance(child.lhs, Col):
            yield from _of_lookup(str(child.lhs.target.column), str(child.lookup_name), schema)


def _of_lookup(column: str, lookup: str, schema: Schema) -> Iterator[Want]:
    kind = KINDS.get(lookup)
    field = column_owner(schema, column)
    if kind is None or field is None:
        return
    if kind == Kind.UP and (column in ALWAYS or field.type.indexed):
        return
    yield Want(column, kind)


def standing_wants(schema: Schema) -> set[Want]:
    """What a large list needs without being asked: "who links here" looks from other pages."""
    links = (field for field in schema.fields if field.type.linked)
    found = {Want(one.main_column, Kind.ITEMS if one.multiple else Kind.UP) for one in links}
    return {want for want in found if is_possible(schema, want)}


def choosable(schema: Schema) -> list[Want]:
    """Every index that an administrator may ask for, in the order of the fields."""
    return [
        want
        for field in schema.all_fields
        for want in (Want(field.main_column, kind) for kind in Kind.values)
        if is_possible(schema, want) and not (want.column in ALWAYS and want.kind == Kind.UP)
    ]
