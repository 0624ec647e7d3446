"""What starts processes by itself besides events: schedules and dates in elements."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from svod.base.errors import DomainError
from workflows.models import Template, Trigger
from workflows.schedules import next_time
from workflows.services.date_triggers import first_look, scan, starter_of
from workflows.services.instances import launch
from workflows.services.starts import allowed, matching, start_many

#: Elements on which a schedule starts in one transaction.
AT_ONCE = 10_000
RELATED = (
    "template__service_employee",
    "template__created_by",
    "template__list",
    "template__active_version__published_by",
)


def write_triggers(template: Template) -> None:
    """Replace the template's triggers by those of its active version's tree."""
    old = list(Trigger.objects.filter(template=template))
    Trigger.objects.filter(template=template).delete()
    wanted = template.draft.get("triggers", [])
    Trigger.objects.bulk_create(_trigger(template, one, old) for one in wanted)


def start_scheduled(now: datetime | None = None) -> int:
    """Start what is due by schedule or date; returns how many triggers were looked at.

    Any number of workers may do this: each trigger is one's own, and what it starts is
    committed together with where it stands.
    """
    now = now or timezone.now()
    looked = 0
    while _one_due(now):
        looked += 1
    return looked


def _one_due(now: datetime) -> bool:
    with transaction.atomic():
        due = Trigger.objects.filter(next_at__lte=now).select_related(*RELATED)
        rows = due.order_by("next_at").select_for_update(skip_locked=True, of=("self",))
        trigger = rows.first()
        if trigger is None:
            return False
        if trigger.event == Trigger.Event.DATE:
            scan(trigger, now)
        else:
            _start(trigger, now)
        trigger.save(update_fields=["next_at", "scanned_to", "done_to"])
    return True


def _start(trigger: Trigger, now: datetime) -> None:
    """Once, however many times were missed while nothing ran; with `each` on every element
    that the filter finds, AT_ONCE of them, and the rest when it is looked at again."""
    template, starter = trigger.template, starter_of(trigger.template)
    key = f"schedule:{trigger.pk}:{trigger.next_at:%Y%m%d%H%M}"
    if not trigger.settings.get("each"):
        with suppress(DomainError):  # paused, or not published
            launch(template, starter, start_key=key, now=now)
    elif not (template.is_paused or template.deleted_at):
        found = matching(trigger, None, starter, limit=AT_ONCE)
        start_many(template, starter, allowed(template, found, {}), before=[], now=now)
        trigger.done_to = found[-1] if len(found) == AT_ONCE else 0
        if trigger.done_to:  # it stays due, and the next transaction goes on behind these
            return
    trigger.next_at = next_time(trigger.settings, now)


def _trigger(template: Template, raw: dict[str, Any], old: list[Trigger]) -> Trigger:
    settings = {name: value for name, value in raw.items() if name != "event"}
    made = Trigger(template=template, event=raw["event"], settings=settings)
    if raw["event"] == Trigger.Event.SCHEDULE:
        made.next_at = next_time(settings, timezone.now())
    elif raw["event"] == Trigger.Event.DATE:
        first_look(made, [one for one in old if one.event == Trigger.Event.DATE])
    return made
