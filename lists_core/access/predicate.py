"""The one predicate: which elements of a list a person may read, change, delete.

Every surface gets its rows through it: grid, counts, filters, search, export, titles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from lists_core.access.granted import Granted, Who, codenames, granted
from lists_core.access.profile import ListRights, list_rights
from lists_core.access.rights import ALL, NONE, Right, Rights, bringing, with_implied
from lists_core.models import Element, ElementGroupRight, ElementUserRight

if TYPE_CHECKING:
    from lists_core.schema.compile import Schema
    from staff.models import Employee

NOTHING = Q(pk__in=[])


def visible(actor: Employee, schema: Schema) -> Q:
    """Over a list's table: the elements outside the bin that the actor may read."""
    return Q(deleted_at=None) & allowed(actor, Right.VIEW, schema)


def allowed(actor: Employee, right: Right, schema: Schema) -> Q:
    """Over a list's table: the elements, in the bin or not, on which the actor has the right."""
    if not actor.is_active:
        return NOTHING
    rights = list_rights(actor, schema.list_id)
    if rights.administrator:
        return Q()
    authored = _inherited(rights, right, author=True)
    conditions = [
        _unrestricted(_inherited(rights, right, author=False)),
        _granted(rights.person, right),
        # Who made an element holds what was given to authors: above it, or on itself.
        Q(created_by=actor.pk)
        & _any([_unrestricted(authored), _granted_to_author(rights.person, right)]),
    ]
    return _any(conditions)


def _any(conditions: Iterable[Q | None]) -> Q:
    found = NOTHING
    for condition in conditions:
        if condition is not None:
            found = condition if found is NOTHING else found | condition
    return found


def _unrestricted(inherited: Q | None) -> Q | None:
    return None if inherited is None else Q(restricted=False) & inherited


def _inherited(rights: ListRights, right: Right, *, author: bool) -> Q | None:
    """The places whose elements inherit the right; None when there is no such place."""
    at_root = right in (rights.root.author if author else rights.root.own)
    differing = [
        pk
        for pk, place in rights.sections.items()
        if (right in (place.author if author else place.own)) != at_root
    ]
    if at_root:
        return Q(section=None) | ~Q(section__in=differing) if differing else Q()
    return Q(section__in=differing) if differing else None


def _granted(person: Who, right: Right) -> Q:
    """Elements with a grant of their own to the person or to one of their groups."""
    if right == Right.VIEW:
        return Q(readers__overlap=person.readers)
    enough = codenames(Element, bringing(right))
    users = ElementUserRight.objects.filter(user=person.id, permission__codename__in=enough)
    return Q(pk__in=users.values("content_object")) | _by_groups(person.groups, enough)


def _granted_to_author(person: Who, right: Right) -> Q:
    if right == Right.VIEW:
        return Q(readers__contains=[-person.author])
    return _by_groups([person.author], codenames(Element, bringing(right)))


def _by_groups(groups: Collection[int], enough: Collection[str]) -> Q:
    rows = ElementGroupRight.objects.filter(group__in=groups, permission__codename__in=enough)
    return Q(pk__in=rows.values("content_object"))


def rights_on(actor: Employee, schema: Schema, rows: Collection[Any]) -> dict[int, Rights]:
    """Element id → all that the actor may do with it, for rows just read. One query.

    A row is anything with `pk`, `section`, `restricted` and `created_by`.
    """
    rights = list_rights(actor, schema.list_id)
    if rights.administrator:
        return {row.pk: ALL for row in rows}
    grants = granted(Element, [row.pk for row in rows], rights.person)
    return {
        row.pk: _inherited_by(row, rights) | _own_of(row, grants.get(row.pk), rights.person)
        for row in rows
    }


def changeable(actor: Employee, schema: Schema, rows: Collection[Any]) -> set[int]:
    """Ids of the rows that the actor may change. Asks only about those where it is not clear
    from the list and its sections: on most pages no query at all."""
    rights = list_rights(actor, schema.list_id)
    if rights.administrator:
        return {row.pk for row in rows}
    clear = {row.pk for row in rows if Right.CHANGE in _inherited_by(row, rights)}
    held = rights_on(actor, schema, [row for row in rows if row.pk not in clear])
    return clear | {pk for pk, found in held.items() if Right.CHANGE in found}


def _inherited_by(row: Any, rights: ListRights) -> Rights:
    if row.restricted:
        return NONE
    return rights.place(row.section).of(is_author=row.created_by == rights.person.id)


def _own_of(row: Any, grants: Granted | None, person: Who) -> Rights:
    if grants is None:
        return NONE
    held = grants.own | grants.author if row.created_by == person.id else grants.own
    return with_implied(held)
