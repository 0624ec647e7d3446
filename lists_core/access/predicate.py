"""The one predicate: which elements of a list a person may read, change, delete.

Every surface gets its rows through it: grid, counts, filters, search, export, titles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from lists_core.access.granted import Granted, Who, codenames, granted
from lists_core.access.more import owner_column
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
        _unrestricted(_through(rights, right, owner_column(schema, rights.owner))),
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
    at_root = right in (rights.root.author if author else rights.root.on_all)
    differing = [
        pk
        for pk, place in rights.sections.items()
        if (right in (place.author if author else place.on_all)) != at_root
    ]
    if at_root:
        return _outside(differing)
    return Q(section__in=differing) if differing else None


def _outside(sections: Collection[int]) -> Q:
    return Q(section=None) | ~Q(section__in=sections) if sections else Q()


def _through(rights: ListRights, right: Right, column: str) -> Q | None:
    """Elements of owners on whose elements the right is lent; one condition for each set of
    owners, and mostly there is one. None when there are no such elements."""
    if not column:
        return None
    at_root = rights.root.owners(right)
    differing: dict[frozenset[int], list[int]] = {}
    for pk, place in rights.sections.items():
        if place.owners(right) != at_root:
            differing.setdefault(place.owners(right), []).append(pk)
    found = [Q(section__in=sections) & _owned(column, who) for who, sections in differing.items()]
    everywhere_else = _outside([pk for sections in differing.values() for pk in sections])
    conditions = [*found, everywhere_else & _owned(column, at_root)]
    owned = [one for one, who in zip(conditions, [*differing, at_root], strict=True) if who]
    return _any(owned) if owned else None


def _owned(column: str, owners: Collection[int]) -> Q:
    return Q.create([(f"{column}__among", sorted(owners))])


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

    A row is anything with `pk` and the columns of `columns_for_rights`.
    """
    rights = list_rights(actor, schema.list_id)
    if rights.administrator:
        return {row.pk: ALL for row in rows}
    grants = granted(Element, [row.pk for row in rows], rights.person)
    inherited = _inherited_by(rows, rights, schema)
    return {
        row.pk: inherited[row.pk] | _own_of(row, grants.get(row.pk), rights.person) for row in rows
    }


def changeable(actor: Employee, schema: Schema, rows: Collection[Any]) -> set[int]:
    """Ids of the rows that the actor may change. Asks only about those where it is not clear
    from the list and its sections: on most pages no query at all."""
    rights = list_rights(actor, schema.list_id)
    if rights.administrator:
        return {row.pk for row in rows}
    inherited = _inherited_by(rows, rights, schema)
    clear = {pk for pk, found in inherited.items() if Right.CHANGE in found}
    held = rights_on(actor, schema, [row for row in rows if row.pk not in clear])
    return clear | {pk for pk, found in held.items() if Right.CHANGE in found}


def columns_for_rights(actor: Employee, schema: Schema) -> list[str]:
    """The columns of a row that `rights_on` and `changeable` look at, for who reads few."""
    column = owner_column(schema, list_rights(actor, schema.list_id).owner)
    return ["section", "restricted", "created_by", *([column] if column else [])]


def _inherited_by(rows: Collection[Any], rights: ListRights, schema: Schema) -> dict[int, Rights]:
    """Element id → what its place gives: by grants there, to its author, through its owner."""
    column = owner_column(schema, rights.owner)
    return {
        row.pk: NONE
        if row.restricted
        else rights.place(row.section).of(
            is_author=row.created_by == rights.person.id,
            owner=getattr(row, column) if column else None,
        )
        for row in rows
    }


def _own_of(row: Any, grants: Granted | None, person: Who) -> Rights:
    if grants is None:
        return NONE
    held = grants.own | grants.author if row.created_by == person.id else grants.own
    return with_implied(held)
