"""Copying on the Disk: a file, or a folder with what the person sees in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.access.disk import allowed_folders, visible_files
from lists_core.models import DiskEvent, DiskFile, DiskFileVersion, DiskFolder
from lists_core.selectors.disk import Item, access_folder, access_item
from lists_core.services.disk_events import lock_disk, tell
from lists_core.services.disk_names import free_name
from lists_core.services.stored_rights import copy_rights
from staff.models import Employee
from svod.base.errors import Invalid

MOST = 5000


@dataclass
class Source:
    """What is to be copied: the folders that lie in a folder (by its id), and the files."""

    folders: dict[int, list[DiskFolder]] = field(default_factory=lambda: defaultdict(list))
    files: dict[int, list[DiskFile]] = field(default_factory=lambda: defaultdict(list))


@transaction.atomic
def copy_item(kind: str, item_id: int, *, folder_id: int | None, actor: Employee) -> Item:
    """Put a copy into a folder (None is the Disk itself); a taken name gets a number.

    A copy has one version and shares its bytes with the original, so it takes no room. It is
    its maker's; a restricted thing is copied as closed as it is. Raises NotFound, Forbidden,
    Invalid.
    """
    lock_disk()
    item = access_item(actor, kind, item_id, Right.VIEW)
    target = access_folder(actor, folder_id, Right.ADD)
    made: Item
    if isinstance(item, DiskFolder):
        source = _inside(item, actor)
        name = free_name(DiskFolder, target, item.name)
        made = _copy_folder(item, target, name, source, actor)
    else:
        name = free_name(DiskFile, target, item.name)
        made = _copy_files([item], target, actor, names={item.pk: name})[0]
    tell(made, DiskEvent.Kind.COPIED, actor, name=item.name)
    return made


def _inside(folder: DiskFolder, actor: Employee) -> Source:
    """All that the person reads below a folder, as it is before anything is copied."""
    below = list(folder.descendants(include_self=True).filter(deleted_at=None))
    readable = DiskFolder.objects.filter(allowed_folders(actor, Right.VIEW), deleted_at=None)
    seen = set(readable.filter(pk__in=[one.pk for one in below]).values_list("pk", flat=True))
    mine = DiskFile.objects.filter(visible_files(actor), folder__in=seen)
    files = list(mine.select_related("current")[: MOST + 1])
    if len(files) + len(seen) > MOST:
        told = _("At most %(count)d folders and files are copied at once.") % {"count": MOST}
        raise Invalid({"folder": [told]})
    source = Source()
    for one in below:
        if one.pk in seen and one.pk != folder.pk and one.parent_id in seen:
            source.folders[one.parent_id].append(one)
    for file in files:
        source.files[file.folder_id or 0].append(file)
    return source


def _copy_folder(
    folder: DiskFolder, target: DiskFolder | None, name: str, source: Source, actor: Employee
) -> DiskFolder:
    made = DiskFolder(name=name, parent=target, created_by=actor, restricted=folder.restricted)
    made.save()
    if folder.restricted:
        copy_rights(DiskFolder, {folder.pk: made.pk})
    _copy_files(source.files[folder.pk], made, actor, names={})
    for inner in source.folders[folder.pk]:
        _copy_folder(inner, made, inner.name, source, actor)
    return made


def _copy_files(
    files: list[DiskFile], target: DiskFolder | None, actor: Employee, *, names: dict[int, str]
) -> list[DiskFile]:
    made = DiskFile.objects.bulk_create(
        DiskFile(
            folder=target,
            name=names.get(file.pk, file.name),
            current=file.current,
            created_by=actor,
            restricted=file.restricted,
        )
        for file in files
    )
    DiskFileVersion.objects.bulk_create(
        DiskFileVersion(disk_file=copy, number=1, file=copy.current, created_by=actor)
        for copy in made
    )
    pairs = zip(files, made, strict=True)
    copy_rights(DiskFile, {file.pk: copy.pk for file, copy in pairs if file.restricted})
    return made
