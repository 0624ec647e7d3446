"""Which lists a person may know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from lists_core.access.granted import who
from lists_core.access.predicate import visible
from lists_core.access.profile import may, may_somewhere, rights_in
from lists_core.access.rights import Right
from lists_core.models import (
    ElementGroupRight,
    ElementUserRight,
    List,
    ListGroupRight,
    ListUserRight,
    SectionGroupRight,
    SectionUserRight,
)
from lists_core.schema.cache import schema_of
from svod.base.errors import Forbidden

if TYPE_CHECKING:
    from lists_core.schema.compile import Schema
    from staff.models import Employee


def visible_lists(actor: Employee) -> QuerySet[List]:
    """The lists outside the bin in which the actor has any right at all.

    A right on a section or on one element is enough, and so is an element of their own where
    authors see what they made. One query; three where only authors have rights somewhere.
    """
    lists = List.objects.filter(deleted_at=None)
    if not actor.is_active:
        return lists.none()
    if actor.is_superuser:
        return lists
    person = who(actor)
    reached = _reached({"user": person.id}, {"group__in": person.groups})
    by_author = _reached(None, {"group": person.author})
    asked = list(lists.filter(by_author).exclude(reached).order_by())
    return lists.filter(reached | Q(pk__in=_with_own_elements(actor, asked)))


def _reached(user: dict[str, Any] | None, group: dict[str, Any]) -> Q:
    """Something in the list was granted to the person, or to one of the groups."""
    here = OuterRef("pk")
    places = (
        ({"content_object": here}, ListUserRight, ListGroupRight),
        ({"content_object__list": here}, SectionUserRight, SectionGroupRight),
        ({"list": here}, ElementUserRight, ElementGroupRight),
    )
    found = Q()
    for place, users, groups in places:
        found |= Q(Exists(groups.objects.filter(**place, **group)))
        if user is not None:
            found |= Q(Exists(users.objects.filter(**place, **user)))
    return found


def _with_own_elements(actor: Employee, lists: Sequence[List]) -> list[int]:
    """Those of the lists where the actor reads an element for having made it."""
    if not lists:
        return []
    rights_in(actor, [list_.pk for list_ in lists])
    parts = [_own(schema_of(list_), actor) for list_ in lists]
    return [pk for (pk,) in parts[0].union(*parts[1:], all=True)]


def _own(schema: Schema, actor: Employee) -> QuerySet[Any]:
    rows = schema.model.objects.filter(visible(actor, schema), created_by=actor.pk).order_by()
    return rows.values_list(Value(schema.list_id))[:1]


def may_create_lists(actor: Employee) -> bool:
    """Administrators and those with the designer's mark."""
    return actor.is_active and (actor.is_staff or actor.is_superuser)


def require(actor: Employee, right: Right, list_: List) -> None:
    """Raise Forbidden unless the actor holds the right: to change structure or access on the
    whole list, to do something with elements somewhere in it. Services check each place."""
    holds = may if right in {Right.FULL, Right.ACCESS} else may_somewhere
    if right != Right.VIEW and not holds(actor, right, list_):
        raise Forbidden
