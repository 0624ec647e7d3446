"""From what happened in lists to processes: starts them, and wakes the steps that watch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from lists_core.models import List, OutboxEvent
from lists_core.schema.cache import schema_of
from lists_core.services.takers import hand_out
from staff.models import Employee
from workflows.models import Trigger, Wake, Watch
from workflows.services.date_triggers import start_late
from workflows.services.starts import allowed, matching, start_many
from workflows.services.stopping import stop_on
from workflows.services.triggers import RELATED
from workflows.starting import StartWay, ways

STARTS = {"element.created": Trigger.Event.CREATED, "element.changed": Trigger.Event.CHANGED}
EVENTS_AT_ONCE = 100
#: The step fails with the reason; tried again after the element was restored, it looks anew.
GONE = {"deleted": True, "recheck": True}


def handle_events(now: datetime | None = None) -> int:
    """Take up events that nobody has, in one transaction; returns how many.

    An event is marked as handled together with the starts that it caused, and with what upper
    apps noted of it: each is handled exactly once, however many workers do this.
    """
    now = now or timezone.now()
    with transaction.atomic():
        rows = OutboxEvent.objects.filter(handled=False).order_by("pk")
        events = list(rows.select_for_update(skip_locked=True)[:EVENTS_AT_ONCE])
        for event in events:
            _handle(event, now)
        hand_out(events)
        OutboxEvent.objects.filter(pk__in=[one.pk for one in events]).update(handled=True)
    return len(events)


def _handle(event: OutboxEvent, now: datetime) -> None:
    if event.topic == "element.deleted" and event.list_id is not None:
        _wake_watchers(event.list_id, event.payload.get("ids", []), GONE, now)
    for way in ways:
        if way.topic == event.topic:
            _by_way(way, event, now)
    if event.topic not in STARTS or event.list_id is None:
        return
    ids = event.payload.get("ids", [])
    fields = set(event.payload.get("fields", []))
    _wake_watchers(event.list_id, ids, {"fields": sorted(fields)}, now)
    for trigger in _triggers(event):
        if trigger.event == Trigger.Event.DATE:
            start_late(trigger, ids, fields, now)
        elif _concerns(trigger, fields, event.list_id):
            _start(trigger, event, ids, now)


def _by_way(way: StartWay, event: OutboxEvent, now: datetime) -> None:
    """Whatever left is ended even while the template is paused: nothing new begins then."""
    rows = Trigger.objects.filter(event=way.slug, template__list=event.list_id)
    for trigger in rows.select_related(*RELATED):
        settings, template = trigger.settings, trigger.template
        held = bool(settings.get("until_left"))
        if held and (gone := way.left(settings, event.payload)):
            stop_on(template, gone, now)
        ids = way.came(settings, event.payload)
        if held and ids and template.list:
            ids = way.still(settings, template.list, ids)
        if ids and not (template.is_paused or template.deleted_at):
            _start(trigger, event, ids, now)


def _triggers(event: OutboxEvent) -> Collection[Trigger]:
    return list(
        Trigger.objects.filter(
            event__in=[STARTS[event.topic], Trigger.Event.DATE],
            template__list=event.list_id,
            template__is_paused=False,
            template__deleted_at=None,
        ).select_related(*RELATED)
    )


def _concerns(trigger: Trigger, keys: set[str], list_id: int) -> bool:
    """Whether one of the fields that the trigger names was changed; none named means any."""
    codes = set(trigger.settings.get("fields", []))
    if trigger.event != Trigger.Event.CHANGED or not codes:
        return True
    schema = schema_of(List.objects.get(pk=list_id))
    return any(field.code in codes for field in schema.all_fields if field.key in keys)


def _start(trigger: Trigger, event: OutboxEvent, ids: Sequence[int], now: datetime) -> None:
    starter = Employee.objects.filter(pk=event.payload.get("actor"), is_active=True).first()
    cause = event.payload.get("cause") or {}
    wanted = allowed(trigger.template, matching(trigger, ids, starter), cause)
    start_many(trigger.template, starter, wanted, before=cause.get("chain", []), now=now)


def _wake_watchers(
    list_id: int, ids: Collection[int], payload: Mapping[str, Any], now: datetime
) -> None:
    watches = Watch.objects.filter(list=list_id, subject_id__in=ids)
    kind = Wake.Kind.EVENT
    Wake.objects.bulk_create(
        Wake(instance_id=one.instance_id, key=one.key, kind=kind, due_at=now, payload={**payload})
        for one in watches
    )
