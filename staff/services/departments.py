"""Writes to the tree of departments: administrators only, one at a time."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from staff import selectors
from staff.actors import Actor
from staff.group_uses import drop_rights
from staff.models import Department, Employee
from staff.services.audit import record
from staff.services.groups import sync_groups
from svod.base.errors import Conflict, Invalid, NotFound

STEP = 10


@transaction.atomic
def create_department(
    *, actor: Actor | None, name: str, parent: Department | None, head: Employee | None = None
) -> Department:
    """A new department, last among its siblings."""
    _require(actor)
    _lock_tree()
    last = Department.objects.filter(parent=parent).order_by("sort").last()
    sort = (last.sort if last else 0) + STEP
    department: Department = Department.objects.create(
        name=name, parent=parent, head=head, sort=sort
    )
    sync_groups([])
    _tell("department.created", department, actor, parent=str(parent or ""))
    return department


@transaction.atomic
def update_department(
    department: Department,
    *,
    actor: Actor | None,
    name: str,
    parent: Department | None,
    head: Employee | None,
) -> Department:
    """Rename, give a head, put under another parent (at its end)."""
    _require(actor)
    old = {"name": department.name, "head": str(department.head or "")}
    department.name, department.head = name, head
    department.save(update_fields=["name", "head"])
    new = {"name": name, "head": str(head or "")}
    if changed := {
        key: {"before": old[key], "after": new[key]} for key in new if old[key] != new[key]
    }:
        _tell("department.changed", department, actor, **changed)
    if department.parent_id != (parent.pk if parent else None):
        move_department(department, actor=actor, parent=parent)
    return department


@transaction.atomic
def move_department(
    department: Department, *, actor: Actor | None, parent: Department | None, place: int = -1
) -> None:
    """Put a department under `parent` (None: the top) at `place` among its siblings.

    `place` counts from 0 without the department itself; -1 or too much means the end. Invalid
    when the new parent lies inside the department.
    """
    _require(actor)
    tree = _lock_tree()
    parent_id = parent.pk if parent else None
    if parent_id in _inside(tree, department.pk):
        raise Invalid({"parent": [_("A department cannot be moved into itself.")]})
    siblings = [pk for pk, above in tree.items() if above == parent_id and pk != department.pk]
    siblings.insert(place if 0 <= place <= len(siblings) else len(siblings), department.pk)
    moved = tree[department.pk] != parent_id
    Department.objects.filter(pk=department.pk).update(parent=parent)
    _number(siblings)
    if moved:
        sync_groups(Employee.objects.filter(department__in=_inside(tree, department.pk)))
        _tell("department.moved", department, actor, parent=str(parent or ""))
    department.refresh_from_db()


@transaction.atomic
def shift_department(department: Department, *, actor: Actor | None, by: int) -> None:
    """Move a department `by` places down (up when negative) among its siblings."""
    _require(actor)
    tree = _lock_tree()
    above = tree[department.pk]
    siblings = [pk for pk, parent in tree.items() if parent == above]
    place = max(0, siblings.index(department.pk) + by)
    department.refresh_from_db()
    move_department(department, actor=actor, parent=department.parent, place=place)


@transaction.atomic
def delete_department(department: Department, *, actor: Actor | None) -> None:
    """Delete an empty department with its groups; Conflict when somebody is still in it."""
    _require(actor)
    _lock_tree()
    department.refresh_from_db()
    if selectors.not_empty(department):
        raise Conflict(_("Move the people and departments out of it first."), code="not_empty")
    groups = [group for group in (department.group, department.subtree_group) if group]
    _tell("department.deleted", department, actor)
    department.delete()
    for group in groups:
        drop_rights(group.pk, actor=actor)
        group.delete()


def _tell(event: str, department: Department, actor: Actor | None, **about: Any) -> None:
    subject = f"department:{department.pk}"
    record(event, actor=actor, subject=subject, subject_name=department.name, about=about)


def _require(actor: Actor | None) -> None:
    if actor is not None:
        selectors.require_administrator(actor)


def _lock_tree() -> dict[int, int | None]:
    """Department → parent in the order of siblings, locked: two moves cannot make a loop."""
    rows = Department.objects.order_by("pk").select_for_update(of=["self"])
    ordered = sorted(rows, key=lambda row: (row.sort, row.name, row.pk))
    return {row.pk: row.parent_id for row in ordered}


def _inside(tree: dict[int, int | None], department_id: int) -> set[int]:
    """Ids of the department and of all below it."""
    if department_id not in tree:
        raise NotFound
    found, size = {department_id}, 0
    while len(found) > size:
        size = len(found)
        found |= {pk for pk, above in tree.items() if above in found}
    return found


def _number(ids: list[int]) -> None:
    rows = Department.objects.in_bulk(ids)
    for index, pk in enumerate(ids, start=1):
        rows[pk].sort = index * STEP
    Department.objects.bulk_update(rows.values(), ["sort"])
