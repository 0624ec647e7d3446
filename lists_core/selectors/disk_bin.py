"""The bin of the Disk: what was deleted and may be brought back."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from lists_core.access import Right
from lists_core.access.disk import allowed_files, allowed_folders
from lists_core.models import DiskFile, DiskFolder
from lists_core.selectors.disk import require_disk
from staff.models import Employee


def binned_folders(actor: Employee) -> QuerySet[DiskFolder]:
    """Deleted folders that the actor may delete and restore, new ones first; without those
    that went to the bin inside another one of these."""
    require_disk(actor)
    mine = allowed_folders(actor, Right.DELETE)
    rows: QuerySet[DiskFolder] = DiskFolder.objects.filter(mine).exclude(deleted_at=None)
    rows = rows.exclude(_went_along("parent", actor)).select_related("parent")
    return rows.order_by("-deleted_at", "-pk")


def binned_files(actor: Employee) -> QuerySet[DiskFile]:
    require_disk(actor)
    rows = DiskFile.objects.filter(allowed_files(actor, Right.DELETE)).exclude(deleted_at=None)
    rows = rows.exclude(_went_along("folder", actor)).select_related("current", "folder")
    return rows.order_by("-deleted_at", "-pk")


def _went_along(place: str, actor: Employee) -> Q:
    """Its folder was deleted with it, and is shown in its stead."""
    shown = DiskFolder.objects.filter(allowed_folders(actor, Right.DELETE)).values("pk")
    return Q.create([(f"{place}__deleted_at", F("deleted_at")), (f"{place}__in", shown)])
