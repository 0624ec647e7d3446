"""Reading elements: rows come only through `visible`, whatever the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from lists_core.access import Right, list_rights, rights_on, schema_for, visible
from lists_core.filters.search import search_q
from lists_core.filters.tree import Group
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors.by_title import order_of
from lists_core.selectors.lists import access_list
from lists_core.selectors.sections import subtree_ids
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound

COUNT_LIMIT = 10_000
NOTHING_MORE: Mapping[str, Any] = {}


@dataclass(frozen=True)
class ElementQuery:
    """What a page asks of a list: checked filter, search words, sort, section.

    `sort` is `(code, descending)` pairs; `section` None means the whole list, 0 the root;
    `subsections` widens a section to its subtree; `within` is a part of the list over its table.
    """

    filter: Group = field(default_factory=Group)
    search: str = ""
    sort: Sequence[tuple[str, bool]] = ()
    section: int | None = None
    subsections: bool = True
    within: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Count:
    """A number of elements; `exact` is False when counting stopped at COUNT_LIMIT."""

    number: int
    exact: bool


def elements(schema: Schema, actor: Employee) -> QuerySet[Any]:
    """The elements of a list that the actor may read, in no order."""
    rows: QuerySet[Any] = schema.model.objects.filter(visible(actor, schema))
    return rows


def found(schema: Schema, query: ElementQuery, *, actor: Employee) -> QuerySet[Any]:
    """The readable elements that the query asks for, sorted; ties by id."""
    rows = elements(schema, actor).filter(query.within, query.filter.to_q(actor))
    if query.search:
        rows = rows.filter(search_q(schema, query.search, actor))
    if query.section is not None:
        rows = rows.filter(_section_q(schema, query, actor))
    return rows.order_by(*_order(schema, query.sort, actor))


def rows_by_ids(
    schema: Schema,
    ids: Sequence[int],
    *,
    actor: Employee,
    columns: Collection[str] = (),
    told: Mapping[str, Any] = NOTHING_MORE,
) -> list[Any]:
    """The rows of these ids in their order; unreadable ones are left out. One query.

    With `columns` they hold these alone (without, all): a list of CRM has a hundred. `told` are
    expressions over the list that each row tells besides, by their names.
    """
    by_id = elements(schema, actor).only(*columns).annotate(**told).in_bulk(ids)
    return [by_id[pk] for pk in ids if pk in by_id]


def capped_count(rows: QuerySet[Any]) -> Count:
    """How many there are, counting no further than COUNT_LIMIT."""
    number = rows.order_by()[: COUNT_LIMIT + 1].count()
    return Count(min(number, COUNT_LIMIT), exact=number <= COUNT_LIMIT)


def access_element(
    actor: Employee, right: Right, list_id: int, element_id: int
) -> tuple[List, Schema, Any]:
    """The list, its schema as the actor may read it, and the element's row.

    Raises NotFound when the element is invisible, Forbidden without the right on it.
    """
    list_ = access_list(actor, Right.VIEW, list_id)
    schema = schema_of(list_)
    row = elements(schema, actor).filter(pk=element_id).first()
    if row is None:
        raise NotFound
    if right != Right.VIEW and right not in rights_on(actor, schema, [row])[row.pk]:
        raise Forbidden
    return list_, schema_for(actor, list_, row), row


def neighbours(rows: QuerySet[Any], element_id: int, *, limit: int = 1000) -> tuple[int, int]:
    """Ids before and after the element among the first `limit` found; 0 where there is none."""
    ids = list(rows.values_list("pk", flat=True)[:limit])
    if element_id not in ids:
        return 0, 0
    place = ids.index(element_id)
    return ids[place - 1] if place else 0, ids[place + 1] if place + 1 < len(ids) else 0


def _section_q(schema: Schema, query: ElementQuery, actor: Employee) -> Q:
    if not query.section:
        return Q() if query.subsections else Q(section=None)
    if not list_rights(actor, schema.list_id).knows(query.section):
        return Q(pk__in=[])  # as for a section that was never made
    if query.subsections:
        return Q(section__in=subtree_ids(schema.list_id, query.section))
    return Q(section=query.section)


def _order(schema: Schema, sort: Iterable[tuple[str, bool]], actor: Employee) -> list[Any]:
    """Order expressions of the asked fields (unknown and unsortable ones are left out)."""
    asked = [(schema.get(code), descending) for code, descending in sort]
    usable = [(field, descending) for field, descending in asked if field and field.sortable]
    order: list[models.expressions.OrderBy | str] = [
        part
        for field, descending in usable
        for part in order_of(field, descending=descending, actor=actor)
    ]
    return [*order, "pk" if usable and not usable[-1][1] else "-pk"]
