"""What starts processes by itself besides events: schedules and dates in elements."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from staff.models import Employee
from svod.base.errors import DomainError
from workflows.models import Template, Trigger
from workflows.schedules import next_time
from workflows.services.instances import launch

TIMED = {Trigger.Event.SCHEDULE}


def write_triggers(template: Template) -> None:
    """Replace the template's triggers by those of its active version's tree."""
    Trigger.objects.filter(template=template).delete()
    wanted = template.draft.get("triggers", [])
    Trigger.objects.bulk_create(_trigger(template, one) for one in wanted)


def start_scheduled(now: datetime | None = None) -> int:
    """Start what is due by schedule; returns how many. Any number of workers may do this."""
    now = now or timezone.now()
    with transaction.atomic():
        due = Trigger.objects.filter(next_at__lte=now).select_related("template__service_employee")
        triggers = list(due.select_for_update(skip_locked=True, of=("self",)))
        for trigger in triggers:
            _start(trigger, now)
    return len(triggers)


def _start(trigger: Trigger, now: datetime) -> None:
    """Once, however many times were missed while nothing ran."""
    template = trigger.template
    starter: Employee | None = template.service_employee or template.created_by
    key = f"schedule:{trigger.pk}:{trigger.next_at:%Y%m%d%H%M}"
    with suppress(DomainError):  # paused, or not published
        launch(template, starter, start_key=key, now=now)
    trigger.next_at = next_time(trigger.settings, now)
    trigger.save(update_fields=["next_at"])


def _trigger(template: Template, raw: dict[str, Any]) -> Trigger:
    settings = {name: value for name, value in raw.items() if name != "event"}
    timed = raw["event"] in TIMED
    next_at = next_time(settings, timezone.now()) if timed else None
    return Trigger(template=template, event=raw["event"], settings=settings, next_at=next_at)
