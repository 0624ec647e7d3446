"""One process started on many elements: a batch by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from lists_core.access import Right
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.selectors.lists import access_list
from lists_core.services.bulk import (
    BulkReport,
    Line,
    Outcome,
    left_out,
    missing_report,
    permitted,
)
from staff.models import Employee
from svod.base.errors import NotFound
from svod.base.tasks import wake as wake_workers
from workflows.models import Instance
from workflows.selectors.of_element import startable
from workflows.services.instances import MAX_OPEN
from workflows.services.starts import start_many


def bulk_start(
    list_id: int,
    template_id: int,
    ids: Collection[int],
    *,
    actor: Employee,
    parameters: Mapping[str, Any],
    now: datetime | None = None,
) -> BulkReport:
    """Start where the actor may; the others are told. `parameters` have been checked.

    Raises NotFound for a list that the actor does not see and for a process that cannot be
    started by hand.
    """
    with transaction.atomic():
        template = startable(list_id).filter(pk=template_id).first()
        if template is None:
            raise NotFound
        schema = schema_of(access_list(actor, Right.VIEW, list_id))
        seen = list(elements(schema, actor).filter(pk__in=ids).order_by("pk"))
        rows, kept = permitted(schema, seen, Right.RUN, actor)
        crowded = _crowded(template_id, list_id, [row.pk for row in rows])
        wanted = [row.pk for row in rows if row.pk not in crowded]
        moment = now or timezone.now()
        start_many(template, actor, wanted, before=[], now=moment, parameters=parameters)
        wake_workers("workflows.work")
    missing = missing_report(ids, {row.pk for row in seen})
    told = _("Too many of these processes run on the element.")
    full = left_out(Outcome.REFUSED, dict.fromkeys(sorted(crowded), told))
    lines = tuple(Line(pk, Outcome.CHANGED) for pk in wanted)
    return missing + kept + full + BulkReport(len(wanted), lines=lines)


def _crowded(template_id: int, list_id: int, ids: Collection[int]) -> set[int]:
    """Elements on which the template runs too often already. One query."""
    rows = Instance.objects.filter(
        version__template=template_id, list=list_id, subject_id__in=ids, status__in=Instance.OPEN
    )
    counted = rows.order_by().values("subject_id").annotate(number=Count("pk"))
    full = counted.filter(number__gte=MAX_OPEN).values_list("subject_id", flat=True)
    return {pk for pk in full if pk is not None}
