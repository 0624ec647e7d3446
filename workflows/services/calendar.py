"""When the working calendar is changed, what waits by it counts anew."""

from __future__ import annotations

from django.utils import timezone

from staff.services import calendars
from svod.base.tasks import wake as wake_workers
from workflows.models import Wake


def recount() -> None:
    """Wake every step that waits by working days or hours. One statement to read, one to write."""
    timers = Wake.objects.filter(kind=Wake.Kind.TIMER, payload__by_calendar=True)
    now = timezone.now()
    Wake.objects.bulk_create(
        [
            Wake(instance_id=instance, key=key, kind=Wake.Kind.EVENT, due_at=now)
            for instance, key in timers.values_list("instance_id", "key").distinct()
        ],
        batch_size=5_000,
    )
    wake_workers("workflows.work")


calendars.listeners.append(recount)
