"""Live news of a list's elements for those who have a board of it open.

Their browsers get `svod:live:list` with the id of the list alone, and load what they show anew
with their own rights.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from lists_core.models import List, ListWatch
from staff.models import Employee
from svod.base.live import publish

#: Each load of the board begins it anew.
LASTS = timedelta(hours=12)


def watch(list_: List, actor: Employee) -> None:
    """The person has the list open. One query."""
    row = ListWatch(list=list_, employee=actor, until=timezone.now() + LASTS)
    ListWatch.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["list", "employee"],
        update_fields=["until"],
    )


def tell_watchers(list_id: int) -> None:
    """Elements of the list were written: after the commit the open boards hear of it."""
    rows = ListWatch.objects.filter(list=list_id, until__gt=timezone.now())
    publish(list(rows.values_list("employee", flat=True)), "list", {"list": list_id})


def forget_watchers() -> None:
    ListWatch.objects.filter(until__lt=timezone.now()).delete()
