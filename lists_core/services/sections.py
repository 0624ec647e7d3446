"""Writes to the tree of sections. Each is one transaction: right, lock, change, outbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, forget, list_rights
from lists_core.models import List, Section
from lists_core.selectors.sections import access_section, subtree_ids
from lists_core.services.outbox import announce
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound

SETTINGS = ("name", "code", "description", "sort")
LIMITS = {"name": 200, "code": 63, "description": 10_000}
SORTS = range(-1_000_000, 1_000_001)
STEP = 10


@transaction.atomic
def create_section(
    list_id: int, *, actor: Employee, parent_id: int | None = None, **settings: Any
) -> Section:
    """Add a section; `settings` are those of SETTINGS. Raises NotFound, Forbidden, Invalid."""
    list_ = open_own(list_id)
    _require_parent(actor, Right.CHANGE, list_, parent_id)
    return _create(list_, _parent(list_, parent_id), settings, actor)


@transaction.atomic
def create_kept_section(list_id: int, *, actor: Employee, **settings: Any) -> Section:
    """The same at the top of a list that the program keeps, for its app, which has asked for
    a right of its own already."""
    list_ = _open(list_id)
    if not list_.system:
        raise Forbidden
    return _create(list_, None, settings, actor)


def _create(
    list_: List, parent: Section | None, settings: dict[str, Any], actor: Employee
) -> Section:
    section = Section(list=list_, parent=parent)
    _apply(section, settings)
    section.save()
    announce("section.created", list_.pk, id=section.pk, actor=actor.pk)
    return section


@transaction.atomic
def update_section(
    list_id: int, section_id: int, *, actor: Employee, parent_id: int | None, **settings: Any
) -> Section:
    """Change settings of SETTINGS and the place in the tree."""
    list_ = open_own(list_id)
    section = _held(actor, Right.CHANGE, list_, section_id, parent_id)
    section.parent = _new_parent(list_, section, parent_id)
    _apply(section, settings)
    section.save()
    announce("section.changed", list_id, id=section.pk, actor=actor.pk)
    return section


@transaction.atomic
def move_section(
    list_id: int,
    section_id: int,
    *,
    parent_id: int | None,
    order: Sequence[int],
    actor: Employee,
) -> None:
    """Put a section under another (None is the root) and its branch into the given order.

    Ids in `order` that are not in the branch are passed over.
    """
    list_ = open_own(list_id)
    section = _held(actor, Right.CHANGE, list_, section_id, parent_id)
    section.parent = _new_parent(list_, section, parent_id)
    section.save(update_fields=["parent"])
    _renumber(list_, parent_id, order)
    announce("section.moved", list_id, id=section.pk, actor=actor.pk)


# --- own steps --------------------------------------------------------------------------


def _open(list_id: int) -> List:
    """The list's row, locked: two changes of one tree never cross (no cycle can appear)."""
    forget()
    list_ = List.objects.select_for_update().filter(pk=list_id, deleted_at=None).first()
    if list_ is None or not list_.has_sections:
        raise NotFound
    return list_


def open_own(list_id: int) -> List:
    """The same of a list that people keep; sections of the others mean more to their apps."""
    list_ = _open(list_id)
    if list_.system:
        raise Conflict(gettext_lazy("The program keeps the sections of this list."))
    return list_


def require_in(actor: Employee, right: Right, list_: List, section_id: int | None) -> None:
    """NotFound for a section the actor knows nothing of, Forbidden without the right in it."""
    place = list_rights(actor, list_.pk).place(section_id)
    if right not in place.own:
        raise Forbidden if place.on_some or section_id is None else NotFound


def _require_parent(actor: Employee, right: Right, list_: List, parent_id: int | None) -> None:
    """A section that is hidden from the actor gets the answer of one that never was."""
    place = list_rights(actor, list_.pk).place(parent_id)
    if parent_id is not None and not place.on_some:
        raise Invalid({"parent": [_("There is no such section.")]})
    _parent(list_, parent_id)
    if right not in place.own:
        raise Forbidden


def _held(
    actor: Employee, right: Right, list_: List, section_id: int, parent_id: int | None
) -> Section:
    """The section to change, when the actor has the right in it and where it is to go."""
    section = access_section(list_, section_id)
    require_in(actor, right, list_, section_id)
    if parent_id != section.parent_id:
        _require_parent(actor, right, list_, parent_id)
    return section


def _apply(section: Section, settings: dict[str, Any]) -> None:
    for key in SETTINGS:
        if key in settings:
            value = settings[key]
            setattr(section, key, value.strip() if isinstance(value, str) else value)
    errors = _errors(section)
    if errors:
        raise Invalid(errors)


def _errors(section: Section) -> dict[str, list[str]]:
    errors = {
        key: [_("The text is too long.")]
        for key, limit in LIMITS.items()
        if len(getattr(section, key)) > limit
    }
    if not section.name:
        errors["name"] = [_("This field is required.")]
    if section.sort not in SORTS:
        errors["sort"] = [_("The number is too large.")]
    same_code = Section.objects.filter(list=section.list, code=section.code)
    if section.code and same_code.exclude(pk=section.pk).exists():
        errors["code"] = [_("This code is already taken.")]
    return errors


def _parent(list_: List, parent_id: int | None) -> Section | None:
    if parent_id is None:
        return None
    parent: Section | None = Section.objects.filter(list=list_, pk=parent_id).first()
    if parent is None:
        raise Invalid({"parent": [_("There is no such section.")]})
    return parent


def _new_parent(list_: List, section: Section, parent_id: int | None) -> Section | None:
    if parent_id is not None and parent_id in subtree_ids(list_.pk, section.pk):
        raise Invalid({"parent": [_("A section cannot stand inside itself.")]})
    return _parent(list_, parent_id)


def _renumber(list_: List, parent_id: int | None, order: Sequence[int]) -> None:
    """Sort numbers of the branch by the order shown; sections it does not name come last."""
    branch = Section.objects.filter(list=list_, parent=parent_id).in_bulk()
    named = [pk for pk in dict.fromkeys(order) if pk in branch]
    rest = [pk for pk in branch if pk not in set(named)]
    for number, pk in enumerate([*named, *rest], start=1):
        branch[pk].sort = number * STEP
    Section.objects.bulk_update(branch.values(), ["sort"])
