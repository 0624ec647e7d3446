"""Saved views of a list: made of what the page shows, changed by their owner, shared, arranged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lists_core.access import Right, forget, require
from lists_core.grid.opened_view import PASSING
from lists_core.grid.page import Grid, open_grid
from lists_core.models import List, ListPreference, ListView
from lists_core.selectors.lists import access_list
from lists_core.selectors.views import MOST_VIEWS, changeable_view, shared_with, views_for
from lists_core.services.audited import tell_list
from staff.models import Employee
from staff.subjects import AUTHOR, Subject, holders
from svod.base.errors import Invalid

MAX_NAME = 100
STEP = 10


@transaction.atomic
def create_view(list_id: int, name: str, params: Mapping[str, str], *, actor: Employee) -> ListView:
    """A personal view of what the list's page shows at an address. Raises NotFound, Invalid."""
    forget()
    list_ = access_list(actor, Right.VIEW, list_id)
    clean = _name(name)
    if ListView.objects.filter(list=list_, owner=actor).count() >= MOST_VIEWS:
        told = _("You have %(count)d views of this list: delete some of them first.")
        raise Invalid({"": [told % {"count": MOST_VIEWS}]})
    last = ListView.objects.filter(list=list_).aggregate(last=Max("sort"))["last"] or 0
    state = kept_state(open_grid(actor, list_id, params))
    return ListView.objects.create(
        list=list_, owner=actor, name=clean, state=state, sort=last + STEP
    )


@transaction.atomic
def save_view_state(
    list_id: int, view_id: int, params: Mapping[str, str], *, actor: Employee
) -> ListView:
    """The view becomes what the page shows at an address. What the actor may not see of the list
    does not stay in it. Raises NotFound, Forbidden."""
    view = _changeable(list_id, view_id, actor)
    view.state = kept_state(open_grid(actor, list_id, params))
    view.save(update_fields=["state", "modified_at"])
    return view


def kept_state(grid: Grid) -> dict[str, str]:
    """The parameters that say all of what the person sees, their own columns and widths too."""
    columns = grid.columns
    look = replace(
        grid.state.look,
        widths=tuple((column.code, column.width) for column in columns),
        pinned=tuple(column.code for column in columns if column.pinned),
        height=grid.height,
    )
    codes = tuple(column.code for column in columns)
    shown = replace(grid.state, columns=codes, look=look).plain()
    known = {**shown, "size": str(grid.state.size)}
    return {name: text for name, text in known.items() if text and name not in PASSING}


@transaction.atomic
def rename_view(list_id: int, view_id: int, name: str, *, actor: Employee) -> ListView:
    """Raises NotFound, Forbidden, Invalid."""
    view = _changeable(list_id, view_id, actor)
    view.name = _name(name)
    view.save(update_fields=["name", "modified_at"])
    return view


@transaction.atomic
def share_view(
    list_id: int, view_id: int, readers: Iterable[Subject], *, actor: Employee
) -> ListView:
    """With these and nobody else; it gives them no right. Raises NotFound, Forbidden, Invalid."""
    view = _changeable(list_id, view_id, actor)
    before = set(shared_with(view))
    view.readers = _readers(readers)
    view.save(update_fields=["readers", "modified_at"])
    _tell_sharing(view, before, actor)
    return view


@transaction.atomic
def make_default(list_id: int, view_id: int | None, *, actor: Employee) -> List:
    """The view that the list opens with for everybody, None for none. Raises NotFound, and
    Forbidden for whoever has no full access to the list."""
    forget()
    list_ = access_list(actor, Right.FULL, list_id)
    view = changeable_view(actor, list_, view_id) if view_id else None
    if list_.default_view_id != view_id:
        list_.default_view = view
        list_.save(update_fields=["default_view"])
        tell_list("view.default", list_, actor, view=view.name if view else "")
    return list_


@transaction.atomic
def reorder_views(
    list_id: int, ids: Sequence[int], *, actor: Employee, for_all: bool = False
) -> None:
    """The order in which the person sees the views; `for_all`: those who did not choose one see
    it too, and who asks for that needs full access to the list. Raises NotFound, Forbidden."""
    forget()
    list_ = access_list(actor, Right.VIEW, list_id)
    known = set(views_for(actor, list_).values_list("pk", flat=True))
    order = [pk for pk in dict.fromkeys(ids) if pk in known]
    own, _made = ListPreference.objects.select_for_update().get_or_create(
        employee=actor, list=list_
    )
    own.looks = {**own.looks, "views": order}
    own.save(update_fields=["looks"])
    if for_all:
        require(actor, Right.FULL, list_)
        for place, pk in enumerate(order, start=1):
            ListView.objects.filter(pk=pk).update(sort=place * STEP)


@transaction.atomic
def delete_view(list_id: int, view_id: int, *, actor: Employee) -> ListView:
    """Raises NotFound, Forbidden."""
    view = _changeable(list_id, view_id, actor)
    before, view.readers = set(shared_with(view)), []
    _tell_sharing(view, before, actor)
    if view.is_default:
        tell_list("view.default", view.list, actor, view="")
    ListView.objects.filter(pk=view.pk).delete()
    return view


def _changeable(list_id: int, view_id: int, actor: Employee) -> ListView:
    forget()
    return changeable_view(actor, access_list(actor, Right.VIEW, list_id), view_id)


def _name(name: str) -> str:
    clean = " ".join(name.replace("\0", "").split())
    if not clean:
        raise Invalid({"name": [_("Give the view a name.")]})
    if len(clean) > MAX_NAME:
        raise Invalid({"name": [_("The name is too long.")]})
    return clean


def _readers(subjects: Iterable[Subject]) -> list[int]:
    asked = set(subjects)
    if AUTHOR in asked:
        raise Invalid({"readers": [_("A view has no author but its owner.")]})
    found = holders(asked).values()
    return sorted({person if person else -(group or 0) for person, group in found})


def _tell_sharing(view: ListView, before: set[Subject], actor: Employee) -> None:
    """With whom the view is shared and is no more; nothing where that stays as it was."""
    after = set(shared_with(view))
    told = dict.fromkeys((one.code for one in after - before), "added")
    told |= dict.fromkeys((one.code for one in before - after), "removed")
    if told:
        tell_list("view.shared", view.list, actor, view=view.name, shared=told)
