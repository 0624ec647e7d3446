"""Which lists a person may know of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from lists_core.access.granted import codenames, who
from lists_core.access.more import lists_lent
from lists_core.access.profile import ListRights, may, may_somewhere, rights_in
from lists_core.access.rights import Right, bringing
from lists_core.models import (
    Element,
    ElementGroupRight,
    ElementUserRight,
    List,
    ListGroupRight,
    ListUserRight,
    SectionGroupRight,
    SectionUserRight,
)
from svod.base.errors import Forbidden

if TYPE_CHECKING:
    from staff.models import Employee


def visible_lists(actor: Employee) -> QuerySet[List]:
    """The lists outside the bin in which the actor has any right at all.

    A right on a section or on one element is enough, a role that lends any, and an element of
    their own where authors see what they made. Two queries, and a few more where only
    authors have rights.
    """
    lists = List.objects.filter(deleted_at=None)
    if not actor.is_active:
        return lists.none()
    if actor.is_superuser:
        return lists
    person = who(actor)
    reached = _reached({"user": person.id}, {"group__in": person.groups})
    for lent in lists_lent(person):
        reached |= lent
    by_author = _reached(None, {"group": person.author})
    asked = lists.filter(by_author).exclude(reached).order_by().values_list("pk", flat=True)
    return lists.filter(reached | Q(pk__among=_with_own_elements(actor, list(asked))))


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


def _with_own_elements(actor: Employee, lists: Sequence[int]) -> list[int]:
    """Those of the lists where the actor reads an element for having made it.

    Asks the registry, not the lists' tables: a thousand of them would be too many for one
    statement.
    """
    if not lists:
        return []
    readable = _inheriting(rights_in(actor, lists)) | _granted_to_author(who(actor).author)
    own = Element.objects.filter(readable, author=actor.pk, list=OuterRef("pk"))
    found = List.objects.filter(Exists(own), pk__among=lists).order_by()
    return list(found.values_list("pk", flat=True))


def _inheriting(rights: Mapping[int, ListRights]) -> Q:
    """Over the registry of these lists: what authors may read by a right above the element."""
    not_at_root: list[int] = []
    opened: list[int] = []
    closed: list[int] = []
    for pk, held in rights.items():
        whole = Right.VIEW in held.root.author
        if not whole:
            not_at_root.append(pk)
        for section, place in held.sections.items():
            if (Right.VIEW in place.author) != whole:
                (closed if whole else opened).append(section)
    outside = Q(section=None) | ~Q(section__among=closed)
    at_root = ~Q(list__pk__among=not_at_root)
    return Q(restricted=False) & (at_root & outside | Q(section__among=opened))


def _granted_to_author(author: int) -> Q:
    """Over the registry: elements with a grant of their own to whoever made them."""
    enough = codenames(Element, bringing(Right.VIEW))
    grants = ElementGroupRight.objects.filter(group=author, permission__codename__in=enough)
    return Q(Exists(grants.filter(content_object=OuterRef("pk"))))


def may_create_lists(actor: Employee) -> bool:
    """Administrators and those with the designer's mark."""
    return actor.is_active and (actor.is_staff or actor.is_superuser)


def require(actor: Employee, right: Right, list_: List) -> None:
    """Raise Forbidden unless the actor holds the right: to change structure or access on the
    whole list, to do something with elements somewhere in it. Services check each place."""
    holds = may if right in {Right.FULL, Right.ACCESS} else may_somewhere
    if right != Right.VIEW and not holds(actor, right, list_):
        raise Forbidden
