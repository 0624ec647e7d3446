"""Starting one template on many elements by a bounded number of statements."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from django.db.models import Count
from django.utils import timezone

from lists_core.filters.tree import parse_filter
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import DomainError
from workflows.models import Instance, StepLog, Template, Trigger, Wake
from workflows.parameters import defaults
from workflows.services.instances import MAX_OPEN, check_depth, declared_by, prepared, too_many

log = structlog.get_logger(__name__)
CHUNK = 1_000


def start_many(
    template: Template,
    starter: Employee | None,
    ids: Collection[int],
    *,
    before: list[Any],
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
) -> None:
    """Start the template on elements, two statements a thousand; with `parameters` (checked
    ones) instead of the defaults."""
    values = defaults(declared_by(template)) if parameters is None else parameters
    wanted = list(ids)
    for place in range(0, len(wanted), CHUNK):
        made = Instance.objects.bulk_create(
            Instance(**prepared(template, starter, one, before=before, parameters=values))
            for one in wanted[place : place + CHUNK]
        )
        Wake.objects.bulk_create(
            Wake(instance=instance, kind=Wake.Kind.START, due_at=now) for instance in made
        )


def matching(
    trigger: Trigger,
    ids: Sequence[int] | None,
    starter: Employee | None,
    *,
    limit: int | None = None,
) -> list[int]:
    """Elements that meet the trigger's own condition (a list filter), as its reader sees them;
    with `ids` only of these. Ascending; with `limit` the first so many behind `done_to`."""
    template = trigger.template
    reader = reader_of(template, starter)
    if reader is None or template.list is None:
        return []
    schema = schema_of(template.list)
    try:
        tree = parse_filter(filter_text(trigger.settings.get("filter")), schema)
    except DomainError:  # a field that it names was deleted
        return []
    rows = elements(schema, reader).filter(tree.to_q(reader))
    rows = rows if ids is None else rows.filter(pk__in=ids)
    rows = rows if limit is None else rows.filter(pk__gt=trigger.done_to)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def reader_of(template: Template, starter: Employee | None) -> Employee | None:
    """In whose name a process of the template works."""
    own = template.run_as == Template.RunAs.EMPLOYEE
    return template.service_employee if own else starter


def filter_text(raw: Any) -> str:
    """A stored filter as the address of a page would have it."""
    return raw if isinstance(raw, str) else json.dumps(raw) if raw else ""


def allowed(template: Template, ids: Collection[int], cause: dict[str, Any]) -> list[int]:
    """Those on which a start leads nowhere in circles; the process that caused the others says
    in its journal why they were cut. One query for all."""
    before = cause.get("chain", [])
    crowded = _crowded(template, ids)
    kept, cut = [], []
    for one in ids:
        try:
            check_depth(template, one, before)
            too_many(one in crowded)
        except DomainError as error:
            cut.append((one, error))
        else:
            kept.append(one)
    _tell(template, cut, cause)
    return kept


def _crowded(template: Template, ids: Collection[int]) -> set[int]:
    """Elements on which as many of these processes run as may."""
    running = Instance.objects.filter(
        version__template=template.pk,
        list=template.list_id,
        subject_id__in=ids,
        status__in=Instance.OPEN,
    )
    counted = running.values("subject_id").annotate(count=Count("pk")).order_by()
    return {row["subject_id"] or 0 for row in counted.filter(count__gte=MAX_OPEN)}


def _tell(template: Template, cut: list[tuple[int, DomainError]], cause: dict[str, Any]) -> None:
    for element, error in cut:
        log.info("start_cut", template=template.pk, element=element, reason=error.code)
    if cause:
        StepLog.objects.bulk_create(
            StepLog(
                instance_id=cause["instance"],
                at=timezone.now(),
                event="cut",
                data={"template": template.name, "element": element, "error": str(error)},
            )
            for element, error in cut
        )
