"""From what happened in lists to processes: starts them, and wakes the steps that watch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from lists_core.models import List, OutboxEvent
from lists_core.schema.cache import schema_of
from lists_core.services.takers import hand_out
from staff.models import Employee
from workflows.models import Instance, Template, Trigger, Wake, Watch
from workflows.parameters import defaults
from workflows.services.date_triggers import start_late
from workflows.services.instances import declared_by
from workflows.services.starts import allowed, matching, reader_of, start_many
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
            stop_on(template, gone, now, before=event.at)
        ids = way.came(settings, event.payload)
        if held and ids and template.list:
            ids = way.still(settings, template.list, ids, event.at)
        if ids and not (template.is_paused or template.deleted_at):
            _start(trigger, event, ids, now, way)


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


def _start(
    trigger: Trigger,
    event: OutboxEvent,
    ids: Sequence[int],
    now: datetime,
    way: StartWay | None = None,
) -> None:
    starter = Employee.objects.filter(pk=event.payload.get("actor"), is_active=True).first()
    cause = event.payload.get("cause") or {}
    wanted = allowed(trigger.template, matching(trigger, ids, starter), cause)
    values = _told(way, trigger.template, event, starter) if way and wanted else None
    start_many(
        trigger.template, starter, wanted, before=cause.get("chain", []), now=now,
        parameters=values,
    )  # fmt: skip


def _told(
    way: StartWay, template: Template, event: OutboxEvent, starter: Employee | None
) -> Mapping[str, Any]:
    """The declared defaults, and what the way tells beside them."""
    reader = reader_of(template, starter)
    return {**defaults(declared_by(template)), **way.told(event.payload, reader)}


def change_subject(old: int, new: int) -> None:
    """What runs on an element goes on with another of its list, and what watched it looks anew."""
    # First the instances: a step that is at work is waited for, its watch is there afterwards.
    Instance.objects.filter(subject="element", subject_id=old).update(subject_id=new)
    watches = Watch.objects.filter(subject_id=old)
    _wake(watches, {"recheck": True}, timezone.now())
    watches.update(subject_id=new)


def _wake_watchers(
    list_id: int, ids: Collection[int], payload: Mapping[str, Any], now: datetime
) -> None:
    _wake(Watch.objects.filter(list=list_id, subject_id__in=ids), payload, now)


def _wake(watches: Iterable[Watch], payload: Mapping[str, Any], now: datetime) -> None:
    kind = Wake.Kind.EVENT
    Wake.objects.bulk_create(
        Wake(instance_id=one.instance_id, key=one.key, kind=kind, due_at=now, payload={**payload})
        for one in watches
    )
