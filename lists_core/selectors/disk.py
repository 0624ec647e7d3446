"""Reading the shared Disk, as far as one person may (`lists_core.access.disk`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from django.db.models import Count, Q, QuerySet

from lists_core.access import Right, Rights
from lists_core.access.disk import (
    allowed_files,
    allowed_folders,
    disk_rights,
    known_folders,
    rights_on_item,
    visible_files,
)
from lists_core.models import DiskFile, DiskFileVersion, DiskFolder
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound

Item = DiskFolder | DiskFile
Kind = Literal["folder", "file"]
SUGGESTED = 20
INDENT = "\u2003"
WORDS = 8
ORDERS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "modified": ("modified_at", "pk"),
    "-modified": ("-modified_at", "-pk"),
    "size": ("current__size", "pk"),
    "-size": ("-current__size", "-pk"),
}


def require_disk(actor: Employee) -> None:
    """Raise Forbidden for who has left."""
    if not actor.is_active:
        raise Forbidden


# --- what a folder holds ------------------------------------------------------------------


def folders_in(actor: Employee, folder: DiskFolder | None) -> QuerySet[DiskFolder]:
    """Those in a folder that the actor knows of, by name."""
    return _folders(actor).filter(parent=folder)


def files_in(
    actor: Employee, folder: DiskFolder | None, *, order: str = "name"
) -> QuerySet[DiskFile]:
    """Those in a folder that the actor may read. `order` is one of ORDERS."""
    return _files(actor).filter(folder=folder).order_by(*ORDERS[order])


def search_folders(actor: Employee, words: str) -> QuerySet[DiskFolder]:
    return _folders(actor).filter(_has_words(words))


def search_files(actor: Employee, words: str, *, order: str = "name") -> QuerySet[DiskFile]:
    """Files anywhere on the Disk whose names have all the words."""
    return _files(actor).filter(_has_words(words)).order_by(*ORDERS[order])


def _folders(actor: Employee) -> QuerySet[DiskFolder]:
    require_disk(actor)
    rows: QuerySet[DiskFolder] = DiskFolder.objects.filter(known_folders(actor), deleted_at=None)
    return rows.order_by("name", "pk")


def _files(actor: Employee) -> QuerySet[DiskFile]:
    require_disk(actor)
    rows = DiskFile.objects.filter(visible_files(actor))
    return rows.select_related("current__uploaded_by", "folder")


def _has_words(words: str) -> Q:
    condition = Q()
    for word in words.split()[:WORDS]:
        condition &= Q(name__icontains=word)
    return condition


def version_counts(files: Iterable[DiskFile]) -> dict[int, int]:
    """File id → how many versions it has. One query."""
    rows = DiskFileVersion.objects.filter(disk_file__in=[file.pk for file in files])
    counted = rows.order_by().values("disk_file").annotate(number=Count("pk"))
    return dict(counted.values_list("disk_file", "number"))


# --- one thing ----------------------------------------------------------------------------


def access_folder(
    actor: Employee, folder_id: int | None, right: Right | None = None
) -> DiskFolder | None:
    """The folder, None for the Disk itself.

    Raises NotFound, also for one in the bin; Forbidden when it is known and the right on it
    is not held.
    """
    require_disk(actor)
    folder = _folders(actor).filter(pk=folder_id).first() if folder_id else None
    if folder is None and folder_id:
        raise NotFound
    if right and right not in rights_on_item(actor, folder):
        raise Forbidden
    return folder


def access_item(
    actor: Employee, kind: str, item_id: int, right: Right | None = None, *, deleted: bool = False
) -> Item:
    """A folder (`kind` "folder") or a file, in its place or with `deleted` in the bin.

    Raises NotFound when the actor may not know of it, Forbidden when the right is not held.
    What lies in the bin is known to those who may delete it.
    """
    require_disk(actor)
    find = _folder if kind == "folder" else _file
    item: Item | None = find(actor, item_id, deleted=deleted)
    if item is None:
        raise NotFound
    if right and right not in rights_on_item(actor, item):
        raise Forbidden
    return item


def _folder(actor: Employee, pk: int, *, deleted: bool) -> DiskFolder | None:
    mine = allowed_folders(actor, Right.DELETE) if deleted else known_folders(actor)
    rows: QuerySet[DiskFolder] = DiskFolder.objects.filter(mine, deleted_at__isnull=not deleted)
    return rows.filter(pk=pk).first()


def _file(actor: Employee, pk: int, *, deleted: bool) -> DiskFile | None:
    right = Right.DELETE if deleted else Right.VIEW
    rows = DiskFile.objects.select_related("current__uploaded_by", "folder", "created_by")
    rows = rows.filter(allowed_files(actor, right), deleted_at__isnull=not deleted)
    return rows.filter(pk=pk).first()


def access_disk_file(actor: Employee, file_id: int) -> DiskFile:
    item = access_item(actor, "file", file_id)
    assert isinstance(item, DiskFile)  # noqa: S101 - for mypy
    return item


def access_version(actor: Employee, file_id: int, number: int) -> DiskFileVersion:
    """A version of a file that the actor reads; NotFound when there is none."""
    file = access_disk_file(actor, file_id)
    version = versions_of(file).filter(number=number).first()
    if version is None:
        raise NotFound
    return version


def versions_of(file: DiskFile) -> QuerySet[DiskFileVersion]:
    """The newest first, each with its stored file and who put it there. One query."""
    return file.versions.select_related("file", "created_by")


def path_of(actor: Employee, folder: DiskFolder | None) -> list[DiskFolder]:
    """From the top of the Disk down to the folder itself, for breadcrumbs: the folders that
    the actor knows of. One query."""
    rights = disk_rights(actor)
    steps = folder.ancestors(include_self=True) if folder else []
    return [step for step in steps if rights.knows(step.pk)]


def may(actor: Employee, item: Item | None) -> Rights:
    """All that the actor may do with a folder (None is the Disk itself) or a file."""
    return rights_on_item(actor, item)


# --- for forms and pickers ----------------------------------------------------------------


def folder_choices(
    actor: Employee, *, without: int = 0, right: Right = Right.ADD
) -> list[tuple[int, str]]:
    """Folders where the right is held, with indented names in the order of the tree; `without`
    leaves out a folder and all below it."""
    rights = disk_rights(actor)
    rows = _folders(actor).values_list("pk", "parent", "name")
    return [
        (pk, INDENT * depth + name)
        for pk, depth, name in _as_tree(rows, without)
        if right in rights.place(pk).own
    ]


def _as_tree(
    rows: Iterable[tuple[int, int | None, str]], without: int
) -> Iterator[tuple[int, int, str]]:
    """(id, depth, name), each followed by what is below it. Of ten thousand folders it takes a
    tenth of what the database's recursion does."""
    below: dict[int | None, list[tuple[int, str]]] = defaultdict(list)
    for pk, parent, name in rows:
        below[parent].append((pk, name))
    ahead = [(pk, 1, name) for pk, name in reversed(below[None])]
    while ahead:
        pk, depth, name = ahead.pop()
        if pk != without:
            yield pk, depth, name
            ahead += [(inner, depth + 1, told) for inner, told in reversed(below[pk])]


def suggest_files(actor: Employee, words: str) -> list[DiskFile]:
    """For pickers: at most SUGGESTED files with the words in their names, new ones first."""
    return list(search_files(actor, words, order="-modified")[:SUGGESTED])


def disk_files_by_id(actor: Employee, ids: Collection[int]) -> dict[int, DiskFile]:
    """Those of these files that the actor may read; none that is in the bin."""
    if not actor.is_active or not ids:
        return {}
    return DiskFile.objects.select_related("current").filter(visible_files(actor)).in_bulk(ids)


def all_visible(actor: Employee, ids: Sequence[int]) -> bool:
    """Whether the actor may read all of these files, not counting those that are gone."""
    rows = DiskFile.objects.filter(pk__among=ids, deleted_at=None)
    return rows.count() == rows.filter(visible_files(actor)).count()
