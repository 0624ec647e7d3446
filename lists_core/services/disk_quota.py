"""Whether the Disk has room for more."""

from __future__ import annotations

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from lists_core.selectors.disk_quota import Room, person_room, portal_room
from lists_core.services.files import TooLarge
from staff.models import Employee


class QuotaFull(TooLarge):
    """There is no room left on the Disk for a file of this size."""

    code = "quota_full"


def check_room(actor: Employee, size: int) -> None:
    """Raise QuotaFull when a file of so many bytes fits no more. Nothing is counted where no
    limit is set."""
    if settings.DISK_PERSON_QUOTA_BYTES:
        _check(
            person_room(actor),
            size,
            _("No room for it: you have taken %(used)s of your %(total)s on the Disk."),
        )
    if settings.DISK_QUOTA_BYTES:
        _check(portal_room(), size, _("No room for it: the Disk has taken %(used)s of %(total)s."))


def _check(room: Room, size: int, told: str) -> None:
    if room.left is not None and size > room.left:
        sizes = {"used": filesizeformat(room.used), "total": filesizeformat(room.total)}
        raise QuotaFull(told % sizes)
