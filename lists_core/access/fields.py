"""Rights on fields: a schema cut down to what one person may read.

A hidden field is not in the schema a person gets, so it cannot be shown, filtered, sorted,
searched, exported or named: to them it does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lists_core.access.granted import Granted, granted, memory, who
from lists_core.access.profile import list_rights, rights_in
from lists_core.access.rights import Right
from lists_core.models import Field, List
from lists_core.schema.cache import schema_of, schemas_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lists_core.schema.compile import Schema
    from staff.models import Employee

NOT_GRANTED = Granted()


def schema_for(actor: Employee, list_: List, row: Any = None, *, new: bool = False) -> Schema:
    """The list's schema with the fields that the actor may read; the others do not exist.

    `schema.locked` are keys of fields that they may not change. Fields shown to authors only
    are there when `row` is the actor's own element or they are making one (`new`); in tables,
    where rows are of many authors, they are not.
    """
    schema = schema_of(list_)
    restricted = [field for field in schema.fields if _is_restricted(field.field)]
    if not restricted or Right.FULL in list_rights(actor, list_.pk).list:
        return schema
    is_author = new or (row is not None and row.created_by == actor.pk)
    grants = _grants(actor, list_.pk, [field.field.pk for field in restricted])
    held = {
        field.key: _held(grants.get(field.field.pk, NOT_GRANTED), is_author=is_author)
        for field in restricted
    }
    hidden = {f.key for f in restricted if f.field.view_restricted and not held[f.key]}
    fixed = {
        f.key for f in restricted if f.field.change_restricted and Right.CHANGE not in held[f.key]
    }
    return schema.without(hidden, locked=fixed - hidden)


def schemas_for(actor: Employee, lists: Collection[List]) -> dict[int, Schema]:
    """`schema_for` of many lists by their ids, by a fixed number of queries."""
    rights_in(actor, [row.pk for row in lists])
    schemas = schemas_of(lists)
    known = memory().fields
    asked = {
        field.field.pk: pk
        for pk, schema in schemas.items()
        for field in schema.fields
        if _is_restricted(field.field) and (actor.pk, pk) not in known
    }
    if asked and actor.is_active and not actor.is_superuser:
        known |= {(actor.pk, pk): {} for pk in set(asked.values())}
        for field_id, grants in granted(Field, asked, who(actor)).items():
            known[actor.pk, asked[field_id]][field_id] = grants
    return {row.pk: schema_for(actor, row) for row in lists}


def readable_fields(
    actor: Employee, list_id: int, fields: Collection[Field], *, is_author: bool
) -> set[int]:
    """Ids of those of one list's fields, the deleted ones among them, that the actor may read."""
    closed = {field.pk for field in fields if field.view_restricted}
    if not closed or Right.FULL in list_rights(actor, list_id).list:
        return {field.pk for field in fields}
    grants = granted(Field, closed, who(actor)) if actor.is_active else {}
    held = {pk for pk in closed if _held(grants.get(pk, NOT_GRANTED), is_author=is_author)}
    return {field.pk for field in fields} - closed | held


def _is_restricted(field: Field) -> bool:
    return field.view_restricted or field.change_restricted


def _held(grants: Granted, *, is_author: bool) -> frozenset[Right]:
    return grants.own | grants.author if is_author else grants.own


def _grants(actor: Employee, list_id: int, ids: Collection[int]) -> Mapping[int, Granted]:
    """What the actor was granted on the restricted fields of a list. One query."""
    known = memory().fields
    if (actor.pk, list_id) not in known:
        known[actor.pk, list_id] = granted(Field, ids, who(actor)) if actor.is_active else {}
    return known[actor.pk, list_id]
