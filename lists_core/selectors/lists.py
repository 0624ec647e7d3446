"""Reading lists for a person: invisible ones do not exist."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from lists_core.access import Right, require, visible_lists
from lists_core.models import Favourite, List, ListPreference
from staff.models import Employee
from svod.base.errors import NotFound


def access_list(actor: Employee, right: Right, list_id: int) -> List:
    """The list, when the actor sees it and holds the right; NotFound or Forbidden otherwise."""
    list_ = visible_lists(actor).filter(pk=list_id).first()
    if list_ is None:
        raise NotFound
    require(actor, right, list_)
    return list_


def lists_for_start(actor: Employee, *, search: str = "") -> QuerySet[List]:
    """Visible lists with `is_favourite`, the person's favourites first."""
    favourite = Favourite.objects.filter(employee=actor, list=OuterRef("pk"))
    lists = visible_lists(actor).annotate(is_favourite=Exists(favourite))
    if search:
        lists = lists.filter(name__icontains=search)
    return lists.order_by("-is_favourite", "sort", "name")


def deleted_lists(actor: Employee) -> QuerySet[List]:
    """The bin of lists: administrators see all, others their own."""
    lists = List.objects.exclude(deleted_at=None).order_by("-deleted_at")
    return lists if actor.is_superuser else lists.filter(created_by=actor)


def preference(actor: Employee, list_: List) -> ListPreference:
    """How the person set up this list's grid; an unsaved default when he never did."""
    found = ListPreference.objects.filter(employee=actor, list=list_).first()
    return found or ListPreference(employee=actor, list=list_)
