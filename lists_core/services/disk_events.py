"""Writing the history of the Disk, and the lock that its writers hold."""

from __future__ import annotations

from typing import Any

from django.db import connection

from lists_core.access import forget
from lists_core.models import DiskEvent, DiskFolder
from lists_core.selectors.disk import Item
from staff.models import Employee

DISK_LOCK = 0x4449534B  # "DISK"


def lock_disk() -> None:
    """One writer of the tree at a time: moves of two people must not make a loop. Rights are
    read anew from here on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DISK_LOCK])
    forget()


def tell(item: Item, kind: DiskEvent.Kind, actor: Employee, **about: Any) -> None:
    """Write what was done to a folder or a file into its history."""
    place = {"folder": item} if isinstance(item, DiskFolder) else {"file": item}
    DiskEvent.objects.create(**place, kind=kind, actor=actor, about=about)
    forget()
