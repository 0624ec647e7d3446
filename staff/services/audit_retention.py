"""Deleting what the audit log need not keep any longer; for the owner of the database alone."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from staff.models import AuditEntry
from staff.services.audit import record


@transaction.atomic
def delete_older(days: int) -> int:
    """Delete entries older than `days` days and record that; returns how many there were.

    The application's own role, where it is another than the tables' owner, has no right to.
    """
    before = timezone.now() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('svod.audit_allow', 'DELETE', true)")
        deleted, _ = AuditEntry.objects.filter(at__lt=before).delete()
        cursor.execute("SELECT set_config('svod.audit_allow', '', true)")
    record(
        "audit.trimmed",
        actor=None,
        about={"count": deleted, "days": days, "before": before.isoformat(timespec="seconds")},
    )
    return deleted
