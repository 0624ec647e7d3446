"""Writes to the shared Disk. Each takes the row's lock, so two people cannot tangle the tree."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Literal

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.file_kinds import extension, safe_name
from lists_core.models import DiskFile, DiskFileVersion, DiskFolder, StoredFile
from lists_core.selectors.disk import Item, access_folder, access_item, require_disk
from lists_core.services.files import upload_file
from staff.models import Employee
from svod.base.errors import Conflict, Invalid

Clash = Literal["refuse", "version", "both"]
DISK_LOCK = 0x4449534B  # "DISK"
COPIES = 1000


class NameTaken(Conflict):
    """The folder holds a file of this name; `file` is it."""

    code = "name_taken"
    message = gettext_lazy("There is a file of this name already.")

    def __init__(self, file: DiskFile) -> None:
        super().__init__()
        self.file = file


def _lock() -> None:
    """One writer of the tree at a time: moves of two people must not make a loop."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DISK_LOCK])


# --- folders and files alike --------------------------------------------------------------


@transaction.atomic
def create_folder(name: str, *, parent_id: int | None, actor: Employee) -> DiskFolder:
    """Raises Invalid (errors under "name"), NotFound, Forbidden."""
    require_disk(actor)
    _lock()
    parent = access_folder(actor, parent_id)
    folder = DiskFolder(name=safe_name(name), parent=parent, created_by=actor)
    _check_name(folder)
    folder.save()
    return folder


@transaction.atomic
def rename_item(kind: str, item_id: int, name: str, *, actor: Employee) -> Item:
    """A file keeps its extension, whatever the new name says."""
    _lock()
    item = access_item(actor, kind, item_id)
    item.name = safe_name(name) if kind == "folder" else _with_extension(item.name, safe_name(name))
    _check_name(item)
    item.save(update_fields=["name"])
    return item


def _with_extension(old: str, new: str) -> str:
    kept = extension(old)
    return new if not kept or extension(new) == kept else f"{new}.{kept}"


@transaction.atomic
def move_item(kind: str, item_id: int, *, folder_id: int | None, actor: Employee) -> Item:
    """Put a folder or a file into another folder (None is the root)."""
    _lock()
    item = access_item(actor, kind, item_id)
    target = access_folder(actor, folder_id)
    if isinstance(item, DiskFolder) and target and item in target.ancestors(include_self=True):
        raise Invalid({"folder": [_("A folder cannot be moved into itself.")]})
    _put(item, target)
    _check_name(item)
    item.save()
    return item


@transaction.atomic
def delete_item(kind: str, item_id: int, *, actor: Employee) -> Item:
    """To the bin; a folder takes everything in it along, with one and the same time."""
    _lock()
    item = access_item(actor, kind, item_id)
    _mark(item, None, timezone.now())
    return item


@transaction.atomic
def restore_item(kind: str, item_id: int, *, actor: Employee) -> Item:
    """Out of the bin with all that went there along with it; to the root if its folder is gone."""
    _lock()
    item = access_item(actor, kind, item_id, deleted=True)
    place = _place(item)
    if place is not None and place.deleted_at is not None:
        _put(item, None)
        item.save()
    _check_name(item)
    _mark(item, item.deleted_at, None)
    return item


def _mark(item: Item, old: Any, new: Any) -> None:
    """Change `deleted_at` from old to new in the item and in all below that has the old one."""
    if isinstance(item, DiskFolder):
        below = list(item.descendants(include_self=True).values_list("pk", flat=True))
        DiskFile.objects.filter(folder__in=below, deleted_at=old).update(deleted_at=new)
        DiskFolder.objects.filter(pk__in=below, deleted_at=old).update(deleted_at=new)
    else:
        DiskFile.objects.filter(pk=item.pk).update(deleted_at=new)
    item.deleted_at = new


def _place(item: Item) -> DiskFolder | None:
    return item.parent if isinstance(item, DiskFolder) else item.folder


def _put(item: Item, folder: DiskFolder | None) -> None:
    if isinstance(item, DiskFolder):
        item.parent = folder
    else:
        item.folder = folder


def _check_name(item: Item) -> None:
    if _namesakes(type(item), _place(item), item.name).exclude(pk=item.pk).exists():
        raise Invalid({"name": [_("The folder has something of this name already.")]})


def _namesakes(model: type[Item], folder: DiskFolder | None, name: str) -> Any:
    place = "parent" if model is DiskFolder else "folder"
    return model._default_manager.filter(**{place: folder}, name__iexact=name, deleted_at=None)


# --- files and their versions -------------------------------------------------------------


def add_file(
    upload: UploadedFile[Any], *, folder_id: int | None, actor: Employee, clash: Clash = "refuse"
) -> DiskFile:
    """Put an upload into a folder.

    When the folder has a file of this name: `refuse` raises NameTaken before anything is
    kept, `version` makes it that file's new version, `both` gives the new one another name.
    """
    folder = access_folder(actor, folder_id)
    name = safe_name(upload.name or "")
    present = _namesakes(DiskFile, folder, name).first()
    if present and clash == "refuse":
        raise NameTaken(present)
    stored = upload_file(upload, actor=actor)
    if present and clash == "version":
        return _new_version(present.pk, stored, actor)
    return _new_file(stored, folder_id, actor)


@transaction.atomic
def _new_file(stored: StoredFile, folder_id: int | None, actor: Employee) -> DiskFile:
    _lock()
    folder = access_folder(actor, folder_id)
    name = _free_name(folder, stored.name)
    file = DiskFile.objects.create(folder=folder, name=name, current=stored, created_by=actor)
    DiskFileVersion.objects.create(disk_file=file, number=1, file=stored, created_by=actor)
    return file


def _free_name(folder: DiskFolder | None, name: str) -> str:
    """The name, or the first of "name (2).ext", "name (3).ext", … that nobody has."""
    suffix = PurePosixPath(name).suffix
    stem = name.removesuffix(suffix)
    names = [name, *(f"{stem} ({number}){suffix}" for number in range(2, COPIES))]
    taken = _taken_names(folder, stem)
    return next((free for free in names if free.casefold() not in taken), name)


def _taken_names(folder: DiskFolder | None, stem: str) -> set[str]:
    rows = DiskFile.objects.filter(folder=folder, deleted_at=None, name__istartswith=stem)
    return {name.casefold() for name in rows.values_list("name", flat=True)}


def add_version(file_id: int, upload: UploadedFile[Any], *, actor: Employee) -> DiskFile:
    """A new version of a file; it must be of the same kind, for all see it under that name."""
    file = access_item(actor, "file", file_id)
    if extension(upload.name or "") != extension(file.name):
        kind = extension(file.name).upper() or _("no extension")
        told = _("The new version must be of the same kind: %(kind)s.") % {"kind": kind}
        raise Invalid({"file": [told]}, told)
    return _new_version(file_id, upload_file(upload, actor=actor), actor)


def restore_version(file_id: int, number: int, *, actor: Employee) -> DiskFile:
    """Make the content of an old version current again, as a new version."""
    file = access_item(actor, "file", file_id)
    version = DiskFileVersion.objects.filter(disk_file=file.pk, number=number).first()
    if version is None:
        raise Invalid({"": [_("There is no such version.")]})
    return _new_version(file_id, version.file, actor)


@transaction.atomic
def _new_version(file_id: int, stored: StoredFile, actor: Employee) -> DiskFile:
    rows = DiskFile.objects.select_for_update().filter(deleted_at=None)
    file = rows.filter(pk=access_item(actor, "file", file_id).pk).get()
    last = file.versions.first()
    number = last.number + 1 if last else 1
    DiskFileVersion.objects.create(disk_file=file, number=number, file=stored, created_by=actor)
    file.current = stored
    file.save(update_fields=["current", "modified_at"])
    return file
