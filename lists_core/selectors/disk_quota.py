"""How much room the Disk takes: every version of every file, the bin included, each once."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Sum

from lists_core.models import DiskFileVersion, StoredFile
from staff.models import Employee


@dataclass(frozen=True)
class Room:
    """Bytes that are taken, and how many there are; 0 is without a limit."""

    used: int
    total: int

    @property
    def left(self) -> int | None:
        return max(self.total - self.used, 0) if self.total else None

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.used / self.total)) if self.total else 0

    @property
    def is_short(self) -> bool:
        return self.percent >= SHORT


SHORT = 90


def portal_room() -> Room:
    return Room(_taken(), settings.DISK_QUOTA_BYTES)


def person_room(person: Employee) -> Room:
    """What the person uploaded, wherever on the Disk it is and whoever works with it."""
    return Room(_taken(uploaded_by=person), settings.DISK_PERSON_QUOTA_BYTES)


def _taken(**of: Employee) -> int:
    on_disk = Exists(DiskFileVersion.objects.filter(file=OuterRef("pk")))
    rows = StoredFile.objects.filter(on_disk, **of)
    return int(rows.aggregate(total=Sum("size"))["total"] or 0)
