"""Deleting for good: by a person from the bin of the Disk, and by itself after some days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lists_core.access import Right
from lists_core.models import DiskFile, DiskFileVersion, DiskFolder
from lists_core.selectors.disk import Item, access_item
from lists_core.services.disk_events import lock_disk
from lists_core.services.file_uses import release
from staff.models import Employee
from staff.services import audit

AT_ONCE = 500


@transaction.atomic
def purge_item(kind: str, item_id: int, *, actor: Employee) -> Item:
    """Remove what lies in the bin, with all that is in it and with every version.

    It needs full access to the thing. Raises NotFound, Forbidden.
    """
    lock_disk()
    item = access_item(actor, kind, item_id, Right.FULL, deleted=True)
    subject = f"disk_{kind}:{item.pk}"
    audit.record("disk.purged", actor=actor, subject=subject, subject_name=item.name, about={})
    if isinstance(item, DiskFolder):
        below = list(item.descendants(include_self=True).values_list("pk", flat=True))
        inside = DiskFile.objects.filter(folder__in=below)
        _remove(list(inside.values_list("pk", flat=True)))
        DiskFolder.objects.filter(pk__in=below).delete()
    else:
        _remove([item.pk])
    return item


def empty_disk_bin() -> int:
    """Remove what was deleted DISK_BIN_DAYS ago (0 keeps it); returns how many files went.

    What is in a folder went to the bin with it or before it, so that it goes with it, too.
    """
    if not settings.DISK_BIN_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.DISK_BIN_DAYS)
    removed = 0
    while count := _remove_some(before):
        removed += count
    with transaction.atomic():
        lock_disk()
        DiskFolder.objects.filter(deleted_at__lt=before).delete()
    return removed


@transaction.atomic
def _remove_some(before: datetime) -> int:
    """Looks and removes under one lock: what is restored until then stays."""
    lock_disk()
    rows = DiskFile.objects.filter(deleted_at__lt=before)
    ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    _remove(ids)
    return len(ids)


def _remove(ids: Collection[int]) -> None:
    """The rows of the files; what their versions held is removed when nothing else holds it."""
    versions = DiskFileVersion.objects.filter(disk_file__in=ids)
    held = set(versions.values_list("file", flat=True))
    DiskFile.objects.filter(pk__in=ids).delete()
    release(held)
