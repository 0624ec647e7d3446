"""Elements that go for good: by a person from the bin of a list, and by themselves when their
time there is up.

Nothing of them stays in the portal but their number in the audit log: values, secrets, history,
comments and rights go with the row of the registry.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone

from lists_core.access import Right
from lists_core.models import Element, List
from lists_core.schema.compile import compile_model
from lists_core.schema.ddl import lock_for_removal, with_ddl_retry
from lists_core.selectors.bin import binned
from lists_core.services.audited import tell_elements
from lists_core.services.elements import open_list, permitted_rows
from lists_core.services.listeners import bin_listeners
from staff.models import Employee
from staff.services.audit import ITEMS
from svod.base.errors import DomainError

log = structlog.get_logger(__name__)
#: So many elements go in one transaction, which keeps the list's writers waiting.
BATCH = 500


def purge_elements(list_id: int, ids: Collection[int], *, actor: Employee) -> int:
    """Remove elements of the bin with all that belongs to them; returns how many went.

    It needs full access to each of them; what the actor does not see is passed over. Raises
    NotFound, Forbidden (full access to none of them), ListBusy.
    """
    return with_ddl_retry(lambda: _purge(list_id, ids, actor))


def _purge(list_id: int, ids: Collection[int], actor: Employee) -> int:
    lock_for_removal(list_id)
    list_, schema = open_list(list_id)
    rows = permitted_rows(schema, binned(schema, actor), ids, Right.FULL, actor)
    _tell(list_, rows, actor)
    remove_elements([row.pk for row in rows])
    return len(rows)


def _tell(list_: List, rows: Sequence[Any], actor: Employee | None) -> None:
    """Every number: an entry of the audit log names the first of many alone."""
    for start in range(0, len(rows), ITEMS):
        tell_elements("element.purged", list_, rows[start : start + ITEMS], actor)


def empty_element_bins() -> int:
    """Remove what was deleted ELEMENT_BIN_DAYS ago (0 keeps it); returns how many elements went.

    What cannot be removed now (somebody holds the list) is left to the next time. What is in a
    list of the bin goes with it.
    """
    if not settings.ELEMENT_BIN_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.ELEMENT_BIN_DAYS)
    lists = List.objects.filter(deleted_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_emptied(list_id, before) for list_id in list(lists))


def _emptied(list_id: int, before: datetime) -> int:
    gone = 0
    try:
        while _due(list_id, before).exists():
            count = with_ddl_retry(lambda: _remove_some(list_id, before))
            if not count:
                break
            gone += count
    except (DomainError, IntegrityError) as error:
        log.warning("bin_not_emptied", what="elements", list=list_id, reason=str(error))
    return gone


def _due(list_id: int, before: datetime) -> QuerySet[Any]:
    rows = compile_model(list_id, ()).objects.filter(deleted_at__lt=before)
    found: QuerySet[Any] = without_waiting(rows).order_by("deleted_at", "pk")
    return found


def without_waiting(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without those that do not go by themselves, because the program may bring them back."""
    for of_bin in bin_listeners:
        if (waiting := of_bin.waiting()) is not None:
            rows = rows.exclude(pk__in=waiting)
    return rows


def _remove_some(list_id: int, before: datetime) -> int:
    """Looks and removes under one lock: what is restored until then stays."""
    lock_for_removal(list_id)
    list_ = List.objects.filter(pk=list_id, deleted_at=None).first()
    rows = list(_due(list_id, before)[:BATCH]) if list_ else []
    if list_ and rows:
        _tell(list_, rows, None)
        remove_elements([row.pk for row in rows])
    return len(rows)


def remove_elements(ids: Collection[int]) -> None:
    """The elements with everything that hangs on them, in a transaction that keeps the writers of
    their list out (decision 006).

    Their files are not released first: that would keep them for a month. They go with the next
    cleaning, unless something else holds them.
    """
    for of_bin in bin_listeners:
        of_bin.purged(list(ids))
    Element.objects.filter(pk__in=ids).delete()
