"""From what happened in lists to processes: starts them, and wakes the steps that watch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from lists_core.filters.tree import parse_filter
from lists_core.models import List, OutboxEvent
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from staff.models import Employee
from svod.base.errors import DomainError
from workflows.models import Instance, StepLog, Template, Trigger, Wake, Watch
from workflows.parameters import defaults
from workflows.services.instances import check_chain, declared_by, prepared

log = structlog.get_logger(__name__)
STARTS = {"element.created": Trigger.Event.CREATED, "element.changed": Trigger.Event.CHANGED}
EVENTS_AT_ONCE = 100


def handle_events(now: datetime | None = None) -> int:
    """Take up events that nobody has, in one transaction; returns how many.

    An event is marked as handled together with the starts that it caused: each is handled
    exactly once, however many workers do this.
    """
    now = now or timezone.now()
    with transaction.atomic():
        rows = OutboxEvent.objects.filter(handled=False).order_by("pk")
        events = list(rows.select_for_update(skip_locked=True)[:EVENTS_AT_ONCE])
        for event in events:
            _handle(event, now)
        OutboxEvent.objects.filter(pk__in=[one.pk for one in events]).update(handled=True)
    return len(events)


def _handle(event: OutboxEvent, now: datetime) -> None:
    if event.topic not in STARTS or event.list_id is None:
        return
    ids = event.payload.get("ids", [])
    fields = set(event.payload.get("fields", []))
    _wake_watchers(event.list_id, ids, fields, now)
    for trigger in _triggers(event):
        if _concerns(trigger, fields, event.list_id):
            _start(trigger, event, ids, now)


def _triggers(event: OutboxEvent) -> Collection[Trigger]:
    return list(
        Trigger.objects.filter(
            event=STARTS[event.topic],
            template__list=event.list_id,
            template__is_paused=False,
            template__deleted_at=None,
        ).select_related("template__service_employee", "template__list")
    )


def _concerns(trigger: Trigger, keys: set[str], list_id: int) -> bool:
    """Whether one of the fields that the trigger names was changed; none named means any."""
    codes = set(trigger.settings.get("fields", []))
    if trigger.event != Trigger.Event.CHANGED or not codes:
        return True
    schema = schema_of(List.objects.get(pk=list_id))
    return any(field.code in codes for field in schema.all_fields if field.key in keys)


def _start(trigger: Trigger, event: OutboxEvent, ids: Collection[int], now: datetime) -> None:
    starter = Employee.objects.filter(pk=event.payload.get("actor"), is_active=True).first()
    cause = event.payload.get("cause") or {}
    wanted = _matching(trigger, ids, starter)
    allowed = [one for one in wanted if _allowed(trigger.template, one, cause)]
    start_many(trigger.template, starter, allowed, before=cause.get("chain", []), now=now)


def start_many(
    template: Template,
    starter: Employee | None,
    ids: Collection[int],
    *,
    before: list[Any],
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
) -> None:
    """Start the template on many elements by two statements; with `parameters` (checked ones)
    instead of the defaults."""
    values = defaults(declared_by(template)) if parameters is None else parameters
    made = Instance.objects.bulk_create(
        Instance(**prepared(template, starter, one, before=before, parameters=values))
        for one in ids
    )
    Wake.objects.bulk_create(
        Wake(instance=instance, kind=Wake.Kind.START, due_at=now) for instance in made
    )


def _matching(trigger: Trigger, ids: Collection[int], starter: Employee | None) -> list[int]:
    """Those of the elements that meet the trigger's own condition (a list filter)."""
    reader = _reader(trigger.template, starter)
    if reader is None or trigger.template.list is None:
        return []
    schema = schema_of(trigger.template.list)
    try:
        tree = parse_filter(trigger.settings.get("filter") or "", schema)
    except DomainError:  # a field that it names was deleted
        return []
    rows = elements(schema, reader).filter(tree.to_q(reader), pk__in=ids)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _reader(template: Template, starter: Employee | None) -> Employee | None:
    own = template.run_as == Template.RunAs.EMPLOYEE
    return template.service_employee if own else starter


def _allowed(template: Template, element_id: int, cause: dict[str, Any]) -> bool:
    """Whether the start leads nowhere in circles; else the process that caused it says so."""
    try:
        check_chain(template, element_id, cause.get("chain", []))
    except DomainError as error:
        log.info("start_cut", template=template.pk, element=element_id, reason=error.code)
        if cause:
            data = {"template": template.name, "element": element_id, "error": str(error)}
            StepLog.objects.create(
                instance_id=cause["instance"], at=timezone.now(), event="cut", data=data
            )
        return False
    return True


def _wake_watchers(
    list_id: int, ids: Collection[int], fields: Collection[str], now: datetime
) -> None:
    watches = Watch.objects.filter(list=list_id, subject_id__in=ids)
    payload = {"fields": sorted(fields)}
    kind = Wake.Kind.EVENT
    Wake.objects.bulk_create(
        Wake(instance_id=one.instance_id, key=one.key, kind=kind, due_at=now, payload=payload)
        for one in watches
    )
