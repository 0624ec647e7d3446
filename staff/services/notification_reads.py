"""Reading one's news, and choosing how to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from staff.models import Delivery, Employee, Notification, NotificationPreference
from staff.notification_kinds import notification_kinds
from svod.base.errors import Invalid
from svod.base.live import publish

READ_FOR, KEPT_FOR = timedelta(days=90), timedelta(days=365)


@transaction.atomic
def mark_read(number: int, *, actor: Employee) -> None:
    """One of the actor's own; of others' and unknown ones nothing happens."""
    rows = Notification.objects.filter(employee=actor, pk=number, read_at=None)
    if rows.update(read_at=timezone.now()):
        publish([actor.pk], "notification")


@transaction.atomic
def mark_all_read(*, actor: Employee, kind: str = "") -> int:
    """All of the actor's own, or those of a kind; returns how many were unread."""
    rows = Notification.objects.filter(employee=actor, read_at=None)
    rows = rows.filter(kind=kind) if kind else rows
    count = rows.update(read_at=timezone.now())
    if count:
        publish([actor.pk], "notification")
    return count


@transaction.atomic
def set_preferences(wanted: Mapping[str, str], *, actor: Employee) -> None:
    """Kind → Delivery; kinds that are left out stay as they are. Raises Invalid."""
    for kind, delivery in wanted.items():
        if kind not in notification_kinds or delivery not in Delivery.values:
            raise Invalid({kind: [_("Choose one of the ways.")]})
    NotificationPreference.objects.bulk_create(
        [
            NotificationPreference(employee=actor, kind=kind, delivery=delivery)
            for kind, delivery in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["employee", "kind"],
        update_fields=["delivery"],
    )


def forget_old(now: datetime | None = None) -> int:
    """Delete what was read long ago or is a year old; returns how many rows."""
    now = now or timezone.now()
    read = Notification.objects.filter(read_at__lt=now - READ_FOR, mail_at=None)
    old = Notification.objects.filter(created_at__lt=now - KEPT_FOR)
    return int((read | old).delete()[0])
