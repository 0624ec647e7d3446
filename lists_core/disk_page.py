"""What a page of the Disk draws: folders and files with what the person may do with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from lists_core.access import Right, Rights
from lists_core.access.disk import disk_rights, rights_on_files
from lists_core.field_types.file import file_icon
from lists_core.models import DiskFile, DiskFolder
from lists_core.selectors.disk import Item, version_counts
from staff.models import Employee


@dataclass(frozen=True)
class Entry:
    """One folder or file of the page; `place` is the name of its folder where many are shown."""

    item: Item
    kind: str
    rights: Rights
    sign: SafeString | str = ""
    versions: int = 0
    place: str = ""

    @property
    def is_folder(self) -> bool:
        return self.kind == "folder"

    @property
    def may_change(self) -> bool:
        return Right.CHANGE in self.rights

    @property
    def may_add(self) -> bool:
        return Right.ADD in self.rights

    @property
    def may_delete(self) -> bool:
        return Right.DELETE in self.rights

    @property
    def may_access(self) -> bool:
        return Right.ACCESS in self.rights

    @property
    def may_view(self) -> bool:
        return Right.VIEW in self.rights

    @property
    def may_purge(self) -> bool:
        return Right.FULL in self.rights


def folder_entries(actor: Employee, folders: Sequence[DiskFolder]) -> list[Entry]:
    rights = disk_rights(actor)
    return [Entry(folder, "folder", rights.place(folder.pk).own) for folder in folders]


def file_entries(
    actor: Employee, files: Sequence[DiskFile], *, places: bool = False
) -> list[Entry]:
    """Two queries for any number of files. `places`: with the names of their folders."""
    held, versions = rights_on_files(actor, files), version_counts(files)
    return [
        Entry(
            file,
            "file",
            held[file.pk],
            file_icon(file.current.mime),
            versions.get(file.pk, 0),
            place_name(actor, file) if places else "",
        )
        for file in files
    ]


def place_name(actor: Employee, file: DiskFile) -> str:
    """The name of the file's folder, as far as the person may know it."""
    folder = file.folder
    return folder.name if folder and disk_rights(actor).knows(folder.pk) else ""
