"""Folders and files of the shared Disk: making, naming, moving, the bin.

Each write takes the Disk's lock, so two people cannot tangle the tree, and asks for the rights
as they are then. Raises NotFound, Forbidden, Invalid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right, Rights, forget
from lists_core.access.disk import rights_within
from lists_core.file_kinds import extension, safe_name
from lists_core.models import DiskEvent, DiskFile, DiskFolder
from lists_core.selectors.disk import Item, access_folder, access_item
from lists_core.services.disk_events import lock_disk, tell
from lists_core.services.disk_names import check_name, place_of, put_into
from staff.models import Employee
from svod.base.errors import Invalid

Kind = DiskEvent.Kind
CONTROL = frozenset({Right.ACCESS, Right.FULL})


@transaction.atomic
def create_folder(name: str, *, parent_id: int | None, actor: Employee) -> DiskFolder:
    lock_disk()
    parent = access_folder(actor, parent_id, Right.ADD)
    folder = DiskFolder(name=safe_name(name), parent=parent, created_by=actor)
    check_name(folder)
    folder.save()
    tell(folder, Kind.MADE, actor, name=folder.name)
    return folder


@transaction.atomic
def rename_item(kind: str, item_id: int, name: str, *, actor: Employee) -> Item:
    """A file keeps its extension, whatever the new name says."""
    lock_disk()
    item = access_item(actor, kind, item_id, Right.CHANGE)
    old = item.name
    item.name = safe_name(name) if kind == "folder" else _with_extension(old, safe_name(name))
    check_name(item)
    item.save(update_fields=["name"])
    if item.name != old:
        tell(item, Kind.RENAMED, actor, old=old, name=item.name)
    return item


def _with_extension(old: str, new: str) -> str:
    kept = extension(old)
    return new if not kept or extension(new) == kept else f"{new}.{kept}"


@transaction.atomic
def move_item(kind: str, item_id: int, *, folder_id: int | None, actor: Employee) -> Item:
    """Put a folder or a file into another folder (None is the Disk itself).

    Not where the actor would come to control what they do not control now: who made a folder has
    full access to all in it, and would take over others' files by moving them there.
    """
    lock_disk()
    item = access_item(actor, kind, item_id, Right.CHANGE)
    target = access_folder(actor, folder_id, Right.ADD)
    _check_target(item, target)
    old = place_of(item)
    if old == target:
        return item
    held = rights_within(actor, item)
    column = put_into(item, target)
    check_name(item)
    item.save(update_fields=[column])
    forget()
    _check_gain(held, rights_within(actor, item))
    tell(item, Kind.MOVED, actor, **{"from": old and old.pk, "to": target and target.pk})
    return item


def _check_target(item: Item, target: DiskFolder | None) -> None:
    if isinstance(item, DiskFolder) and target and item in target.ancestors(include_self=True):
        raise Invalid({"folder": [_("A folder cannot be moved into itself.")]})


def _check_gain(before: Mapping[Any, Rights], after: Mapping[Any, Rights]) -> None:
    if any((after[key] - held) & CONTROL for key, held in before.items()):
        told = _(
            "In that folder you would have more rights to this than now. Ask somebody with full "
            "access to it, such as its author, to move it there."
        )
        raise Invalid({"folder": [told]})


@transaction.atomic
def delete_item(kind: str, item_id: int, *, actor: Employee) -> Item:
    """To the bin; a folder takes everything in it along, with one and the same time."""
    lock_disk()
    item = access_item(actor, kind, item_id, Right.DELETE)
    _mark(item, None, timezone.now())
    tell(item, Kind.DELETED, actor)
    return item


@transaction.atomic
def restore_item(kind: str, item_id: int, *, actor: Employee) -> Item:
    """Out of the bin with all that went there along with it; to the Disk itself if its folder
    is gone."""
    lock_disk()
    item = access_item(actor, kind, item_id, deleted=True)
    place = place_of(item)
    if place is not None and place.deleted_at is not None:
        _check_stays_closed(item, place)
        item.save(update_fields=[put_into(item, None)])
    check_name(item)
    _mark(item, item.deleted_at, None)
    tell(item, Kind.RESTORED, actor)
    return item


def _check_stays_closed(item: Item, place: DiskFolder) -> None:
    """What a restricted folder kept closed may not come out of it by way of the bin."""
    above = place.ancestors(include_self=True)
    if not item.restricted and any(folder.restricted for folder in above):
        raise Invalid({"": [_("Its folder is in the bin: restore the folder first.")]})


def _mark(item: Item, old: Any, new: Any) -> None:
    """Change `deleted_at` from old to new in the item and in all below that has the old one."""
    if isinstance(item, DiskFolder):
        below = list(item.descendants(include_self=True).values_list("pk", flat=True))
        DiskFile.objects.filter(folder__in=below, deleted_at=old).update(deleted_at=new)
        DiskFolder.objects.filter(pk__in=below, deleted_at=old).update(deleted_at=new)
    else:
        DiskFile.objects.filter(pk=item.pk).update(deleted_at=new)
    item.deleted_at = new
