"""Reading the shared Disk. Every active employee sees all of it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, F, Q, QuerySet

from lists_core.models import DiskFile, DiskFileVersion, DiskFolder
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound

Item = DiskFolder | DiskFile
SUGGESTED = 20
INDENT = "\u2003"


def require_disk(actor: Employee) -> None:
    """Raise Forbidden unless the person may read and write the Disk."""
    if not actor.is_active:
        raise Forbidden


def folders_in(actor: Employee, folder: DiskFolder | None) -> QuerySet[DiskFolder]:
    require_disk(actor)
    rows: QuerySet[DiskFolder] = DiskFolder.objects.filter(parent=folder, deleted_at=None)
    return rows.order_by("name", "pk")


def files_in(actor: Employee, folder: DiskFolder | None) -> QuerySet[DiskFile]:
    require_disk(actor)
    return _with_facts(DiskFile.objects.filter(folder=folder, deleted_at=None))


def _with_facts(files: QuerySet[DiskFile]) -> QuerySet[DiskFile]:
    """Files with what their rows show, and the number of versions. One query."""
    related = files.select_related("current__uploaded_by", "folder")
    return related.annotate(versions_count=Count("versions")).order_by("name", "pk")


def search_folders(actor: Employee, words: str) -> QuerySet[DiskFolder]:
    require_disk(actor)
    rows: QuerySet[DiskFolder] = DiskFolder.objects.filter(_has_words(words), deleted_at=None)
    return rows.order_by("name", "pk")


def search_files(actor: Employee, words: str) -> QuerySet[DiskFile]:
    """Files anywhere on the Disk whose names have all the words."""
    require_disk(actor)
    return _with_facts(DiskFile.objects.filter(_has_words(words), deleted_at=None))


def _has_words(words: str) -> Q:
    condition = Q()
    for word in words.split()[:8]:
        condition &= Q(name__icontains=word)
    return condition


def access_folder(actor: Employee, folder_id: int | None) -> DiskFolder | None:
    """The folder, None for the root. Raises NotFound, also for one in the bin."""
    require_disk(actor)
    if not folder_id:
        return None
    rows: QuerySet[DiskFolder] = DiskFolder.objects.filter(pk=folder_id, deleted_at=None)
    folder = rows.first()
    if folder is None:
        raise NotFound
    return folder


def access_item(actor: Employee, kind: str, item_id: int, *, deleted: bool = False) -> Item:
    """A folder (`kind` "folder") or a file, in its place or with `deleted` in the bin."""
    require_disk(actor)
    rows = DiskFolder.objects.all() if kind == "folder" else DiskFile.objects.all()
    item: Item | None = rows.filter(pk=item_id, deleted_at__isnull=not deleted).first()
    if item is None:
        raise NotFound
    return item


def access_disk_file(actor: Employee, file_id: int) -> DiskFile:
    require_disk(actor)
    rows = DiskFile.objects.select_related("current__uploaded_by", "folder")
    file = rows.filter(pk=file_id, deleted_at=None).first()
    if file is None:
        raise NotFound
    return file


def versions_of(file: DiskFile) -> QuerySet[DiskFileVersion]:
    """The newest first, each with its stored file and who put it there. One query."""
    return file.versions.select_related("file", "created_by")


def path_of(folder: DiskFolder | None) -> list[DiskFolder]:
    """From the top of the Disk down to the folder itself, for breadcrumbs. One query."""
    return list(folder.ancestors(include_self=True)) if folder else []


def folder_choices(actor: Employee, *, without: int = 0) -> list[tuple[int, str]]:
    """All folders with indented names; `without` leaves out a folder and all below it."""
    require_disk(actor)
    rows = DiskFolder.objects.with_tree_fields().filter(deleted_at=None)
    return [
        (row.pk, INDENT * (row.tree_depth + 1) + row.name)
        for row in rows
        if without not in row.tree_path
    ]


def suggest_files(actor: Employee, words: str) -> list[DiskFile]:
    """For pickers: at most SUGGESTED files with the words in their names, new ones first."""
    return list(search_files(actor, words).order_by("-modified_at", "-pk")[:SUGGESTED])


def disk_files_by_id(actor: Employee, ids: Collection[int]) -> dict[int, DiskFile]:
    """The files of these ids that are not in the bin. One query."""
    if not actor.is_active:
        return {}
    return DiskFile.objects.select_related("current").filter(deleted_at=None).in_bulk(ids)


def binned_folders(actor: Employee) -> QuerySet[DiskFolder]:
    """Deleted folders, without those that went to the bin inside another one."""
    require_disk(actor)
    return _tops(DiskFolder.objects, "parent").order_by("-deleted_at", "-pk")


def binned_files(actor: Employee) -> QuerySet[DiskFile]:
    require_disk(actor)
    rows = _tops(DiskFile.objects.select_related("current__uploaded_by", "folder"), "folder")
    return rows.order_by("-deleted_at", "-pk")


def _tops(rows: QuerySet, place: str) -> QuerySet:  # type: ignore[type-arg]
    went_along = Q.create([(f"{place}__deleted_at", F("deleted_at"))])
    return rows.exclude(deleted_at=None).exclude(went_along)
