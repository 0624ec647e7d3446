"""Scheduled imports of a list: one's own, and all for those who design the list."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db.models import QuerySet

from lists_core.access import Right, may
from lists_core.models import ImportSchedule, List
from lists_core.selectors.imports import list_to_fill
from staff.models import Employee
from svod.base.errors import Forbidden, NotFound


def schedules_of(list_: List, actor: Employee) -> QuerySet[ImportSchedule]:
    rows = ImportSchedule.objects.filter(list=list_).select_related("owner", "job")
    return rows if may(actor, Right.FULL, list_) else rows.filter(owner=actor)


def access_schedule(actor: Employee, list_id: int, schedule_id: int) -> ImportSchedule:
    """To stop or delete it. Raises NotFound, Forbidden."""
    row = schedules_of(list_to_fill(actor, list_id), actor).filter(pk=schedule_id).first()
    if row is None:
        raise NotFound
    return row


def own_schedule(actor: Employee, list_id: int, schedule_id: int) -> ImportSchedule:
    """To change or run it: it works in its owner's name, so nobody else may.

    Raises NotFound, Forbidden.
    """
    row = access_schedule(actor, list_id, schedule_id)
    if row.owner_id != actor.pk:
        raise Forbidden
    return row


def shown_address(row: ImportSchedule, actor: Employee) -> str:
    """An address may hold a password of its owner's: others see whose server it is."""
    return row.url if row.owner_id == actor.pk else str(urlsplit(row.url).hostname)
