"""Reading saved views for a person: those of others are there when they are shared with them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, Q, QuerySet, When

from lists_core.access import Right, may
from lists_core.access.granted import who
from lists_core.models import List, ListPreference, ListView
from staff.models import Employee
from staff.subjects import Subject, subjects_of_groups
from svod.base.errors import Forbidden, NotFound

#: So many views of one list a person may have, and so many of others' are shown beside them.
MOST_VIEWS = 100
MOST_SHOWN = 100


def views_for(actor: Employee, list_: List) -> QuerySet[ListView]:
    """The person's own views, those shared with them, the default one of a list they see."""
    if not actor.is_active:
        return ListView.objects.none()
    seen = Q(owner=actor) | Q(readers__overlap=who(actor).readers)
    if list_.default_view_id:
        seen |= Q(pk=list_.default_view_id)
    return ListView.objects.filter(seen, list=list_).select_related("list", "owner")


def views_in_order(actor: Employee, list_: List, preference: ListPreference) -> Sequence[ListView]:
    """As the person arranged them; those that came since stand at the end. One query.

    Of others' only the first MOST_SHOWN are there: what a person made never gives way to them.
    """
    own = preference.looks.get("views")
    places = {pk: place for place, pk in enumerate(own if isinstance(own, list) else [])}
    others_last = Case(When(owner=actor, then=0), default=1)
    rows = views_for(actor, list_).defer("state").order_by(others_last, "sort", "pk")
    found = list(rows[: MOST_VIEWS + MOST_SHOWN])
    own_number = sum(view.owner_id == actor.pk for view in found)
    shown = found[: own_number + MOST_SHOWN]
    return sorted(shown, key=lambda one: (places.get(one.pk, len(places)), one.sort, one.pk))


def access_view(actor: Employee, list_: List, view_id: int) -> ListView:
    """Raises NotFound, for somebody else's personal view as for one that never was."""
    view = views_for(actor, list_).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    return view


def may_change_view(actor: Employee, view: ListView) -> bool:
    """Its owner; of what is shared also who has full access to the list."""
    if view.owner_id == actor.pk:
        return True
    return view.kind is not ListView.Kind.PERSONAL and may(actor, Right.FULL, view.list)


def changeable_view(actor: Employee, list_: List, view_id: int) -> ListView:
    """Raises NotFound, Forbidden."""
    view = access_view(actor, list_, view_id)
    if not may_change_view(actor, view):
        raise Forbidden
    return view


def shared_with(view: ListView) -> list[Subject]:
    """The readers as subjects; groups that are gone are left out."""
    groups = subjects_of_groups([-pk for pk in view.readers if pk < 0])
    return [*(Subject("U", pk) for pk in view.readers if pk > 0), *groups.values()]
