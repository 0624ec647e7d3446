"""Reading elements of several lists at once, each through its own list's predicate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet, Value

from lists_core.access import Right, allowed, remembering, rights_in, visible_lists
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.selectors.elements import elements
from lists_core.selectors.suggest import among
from staff.models import Employee

AT_ONCE = 20_000


def names_across(
    actor: Employee, wanted: Mapping[int, Collection[int]]
) -> dict[tuple[int, int], str]:
    """(list id, element id) → name of those the actor may read. `wanted` is ids by list.

    One query for the lists and one for the elements, however many lists there are.
    """
    with remembering():
        return _names({list_id: ids for list_id, ids in wanted.items() if ids}, actor)


def _names(asked: Mapping[int, Collection[int]], actor: Employee) -> dict[tuple[int, int], str]:
    lists = visible_lists(actor).filter(pk__in=asked) if asked else []
    rights_in(actor, [row.pk for row in lists])
    parts = [_named(schema_of(row), actor, asked[row.pk]) for row in lists]
    return {(list_id, pk): name for list_id, pk, name in together(parts)}


def _named(schema: Schema, actor: Employee, ids: Collection[int]) -> QuerySet[Any]:
    rows = elements(schema, actor).filter(pk__in=ids).order_by()
    return rows.values_list(Value(schema.list_id), "pk", "name")


def all_readable(actor: Employee, wanted: Mapping[int, Collection[int]]) -> bool:
    """Whether the actor may read all of the elements, not counting those that are gone.

    `wanted` is ids by list. Two queries a list and 20,000 ids.
    """
    asked = {list_id: sorted(ids) for list_id, ids in wanted.items() if ids}
    lists = list(visible_lists(actor).filter(pk__in=asked)) if asked else []
    return len(lists) == len(asked) and all(
        _readable(schema_of(row), asked[row.pk], actor) for row in lists
    )


def _readable(schema: Schema, ids: Sequence[int], actor: Employee) -> bool:
    readable = allowed(actor, Right.VIEW, schema)
    for start in range(0, len(ids), AT_ONCE):
        part = among(F("pk"), list(ids[start : start + AT_ONCE]), BigIntegerField())
        rows = schema.model.objects.filter(part)
        if rows.count() != rows.filter(readable).count():
            return False
    return True


def together(parts: list[QuerySet[Any]]) -> Iterable[tuple[Any, ...]]:
    """The rows of all the queries by one UNION ALL."""
    if not parts:
        return ()
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
