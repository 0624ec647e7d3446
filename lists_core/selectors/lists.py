"""Reading lists for a person: invisible ones do not exist."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from lists_core.access import Right, list_rights, require, rights_in, visible_lists
from lists_core.models import Favourite, List, ListPreference
from staff.models import Employee
from svod.base.errors import NotFound


def access_list(actor: Employee, right: Right, list_id: int) -> List:
    """The list, when the actor sees it and holds the right; NotFound or Forbidden otherwise."""
    list_ = List.objects.filter(pk=list_id, deleted_at=None).first()
    if list_ is None or not _sees(actor, list_):
        raise NotFound
    require(actor, right, list_)
    return list_


def _sees(actor: Employee, list_: List) -> bool:
    """As `visible_lists` says; who holds something on the list or on a section of it is let in
    without being asked about single elements."""
    rights = list_rights(actor, list_.pk)
    if any(place.on_some for place in rights.places):
        return True
    return visible_lists(actor).filter(pk=list_.pk).exists()


def lists_for_start(
    actor: Employee, *, search: str = "", directories: bool | None = None
) -> QuerySet[List]:
    """Visible lists with `is_favourite`, the person's favourites first; `directories` is whether
    only those, or only the others.

    Those that have pages of their own in the program are found there.
    """
    favourite = Favourite.objects.filter(employee=actor, list=OuterRef("pk"))
    lists = visible_lists(actor).filter(system="").annotate(is_favourite=Exists(favourite))
    if directories is not None:
        lists = lists.filter(is_directory=directories)
    if search:
        lists = lists.filter(name__icontains=search)
    return lists.order_by("-is_favourite", "sort", "name", "pk")


def owned_lists(actor: Employee) -> list[List]:
    """The lists to which the actor has full access, in their order: a fixed number of queries
    for a thousand lists, where asking one by one takes three for each."""
    lists = list(visible_lists(actor).order_by("sort", "name", "pk"))
    rights = rights_in(actor, [one.pk for one in lists])
    return [one for one in lists if Right.FULL in rights[one.pk].list]


def deleted_lists(actor: Employee) -> QuerySet[List]:
    """The bin of lists: administrators see all, others those that they made or have full access
    to, so that whoever may delete a list may take that back."""
    lists = List.objects.exclude(deleted_at=None).order_by("-deleted_at")
    if actor.is_superuser:
        return lists
    rights = rights_in(actor, list(lists.values_list("pk", flat=True)))
    full = [pk for pk, held in rights.items() if Right.FULL in held.list]
    return lists.filter(Q(created_by=actor) | Q(pk__in=full))


def preference(actor: Employee, list_: List) -> ListPreference:
    """How the person set up this list's grid; an unsaved default when he never did."""
    found = ListPreference.objects.filter(employee=actor, list=list_).first()
    own = found or ListPreference()
    own.employee, own.list = actor, list_
    return own
