"""Files of the Disk and their versions."""

from __future__ import annotations

from typing import Any, Literal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right
from lists_core.file_kinds import extension, safe_name
from lists_core.models import DiskEvent, DiskFile, DiskFileVersion, DiskFolder, StoredFile
from lists_core.selectors.disk import access_folder, access_item, disk_files_by_id
from lists_core.services.disk_events import lock_disk, tell
from lists_core.services.disk_names import free_name, namesakes
from lists_core.services.disk_quota import check_room
from lists_core.services.files import upload_file
from staff.models import Employee
from svod.base.errors import Conflict, Invalid

Clash = Literal["refuse", "version", "both"]
Kind = DiskEvent.Kind


class NameTaken(Conflict):
    """The folder holds a file of this name that the person sees; `file` is it."""

    code = "name_taken"
    message = gettext_lazy("There is a file of this name already.")

    def __init__(self, file: DiskFile) -> None:
        super().__init__()
        self.file = file


def add_file(
    upload: UploadedFile[Any], *, folder_id: int | None, actor: Employee, clash: Clash = "refuse"
) -> DiskFile:
    """Put an upload into a folder.

    When the person sees a file of this name there: `refuse` raises NameTaken before anything
    is kept, `version` makes it that file's new version, `both` gives the new one another name,
    as one gets that meets a file which the person does not see. Raises NotFound, Forbidden,
    Invalid, TooLarge (QuotaFull among them).
    """
    folder = access_folder(actor, folder_id, Right.ADD)
    present = _namesake(actor, folder, safe_name(upload.name or ""))
    if present and clash == "refuse":
        raise NameTaken(present)
    if present and clash == "version":
        access_item(actor, "file", present.pk, Right.CHANGE)
    stored = _kept(upload, actor)
    if present and clash == "version":
        return _new_version(present.pk, stored, actor)
    return _new_file(stored, folder_id, actor)


def _namesake(actor: Employee, folder: DiskFolder | None, name: str) -> DiskFile | None:
    ids = list(namesakes(DiskFile, folder, name).values_list("pk", flat=True))
    return next(iter(disk_files_by_id(actor, ids).values()), None)


def _kept(upload: UploadedFile[Any], actor: Employee) -> StoredFile:
    check_room(actor, upload.size or 0)
    return upload_file(upload, actor=actor)


@transaction.atomic
def _new_file(stored: StoredFile, folder_id: int | None, actor: Employee) -> DiskFile:
    lock_disk()
    folder = access_folder(actor, folder_id, Right.ADD)
    check_room(actor, stored.size)
    name = free_name(DiskFile, folder, stored.name)
    file = DiskFile.objects.create(folder=folder, name=name, current=stored, created_by=actor)
    DiskFileVersion.objects.create(disk_file=file, number=1, file=stored, created_by=actor)
    tell(file, Kind.MADE, actor, name=name)
    return file


def add_version(file_id: int, upload: UploadedFile[Any], *, actor: Employee) -> DiskFile:
    """A new version of a file; it must be of the same kind, for all see it under that name."""
    file = access_item(actor, "file", file_id, Right.CHANGE)
    if extension(upload.name or "") != extension(file.name):
        kind = extension(file.name).upper() or _("no extension")
        told = _("The new version must be of the same kind: %(kind)s.") % {"kind": kind}
        raise Invalid({"file": [told]}, told)
    return _new_version(file_id, _kept(upload, actor), actor)


def restore_version(file_id: int, number: int, *, actor: Employee) -> DiskFile:
    """Make the content of an old version current again, as a new version. It takes no room."""
    file = access_item(actor, "file", file_id, Right.CHANGE)
    version = DiskFileVersion.objects.filter(disk_file=file.pk, number=number).first()
    if version is None:
        raise Invalid({"": [_("There is no such version.")]})
    return _new_version(file_id, version.file, actor, restored_from=number)


@transaction.atomic
def _new_version(
    file_id: int, stored: StoredFile, actor: Employee, *, restored_from: int | None = None
) -> DiskFile:
    lock_disk()
    access_item(actor, "file", file_id, Right.CHANGE)
    file = DiskFile.objects.select_for_update().get(pk=file_id)
    if restored_from is None:
        check_room(actor, stored.size)
    last = file.versions.first()
    number = last.number + 1 if last else 1
    DiskFileVersion.objects.create(
        disk_file=file,
        number=number,
        file=stored,
        created_by=actor,
        restored_from=restored_from,
    )
    file.current = stored
    file.save(update_fields=["current", "modified_at"])
    _tell_version(file, actor, number, restored_from)
    return file


def _tell_version(file: DiskFile, actor: Employee, number: int, restored_from: int | None) -> None:
    if restored_from is None:
        tell(file, Kind.VERSION, actor, number=number)
    else:
        tell(file, Kind.RESTORED_VERSION, actor, number=number, **{"from": restored_from})
