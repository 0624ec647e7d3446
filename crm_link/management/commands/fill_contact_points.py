"""`manage.py fill_contact_points`: make anew by what items are recognised as duplicates."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand

from crm_link.kinds import kinds
from crm_link.services.points import fill_points
from svod.base.errors import NotFound


class Command(BaseCommand):
    """Needed once for items older than the table, and after a field became a telephone."""

    help = "Fill the table of telephones, addresses, INNs and names of CRM items."

    def handle(self, **options: Any) -> None:
        for kind in kinds:
            try:
                done = sum(fill_points(kind))
            except NotFound:
                self.stdout.write(f"{kind.slug}: CRM is not set up.")
                continue
            self.stdout.write(f"{kind.slug}: {done} items.")
