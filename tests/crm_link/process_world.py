"""Processes on CRM items in tests: published as designers do, with a clock of the test's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from lists_core.models import List
from staff.models import Employee
from workflows.engine.work import work_all
from workflows.models import Instance, Template
from workflows.services.events import handle_events
from workflows.services.template_changes import new_template
from workflows.services.templates import publish, save_draft


def process(list_: List, steps: list[Any], *, actor: Employee, **parts: Any) -> Template:
    """A published process; `parts` are triggers, variables and the like."""
    made = new_template(
        actor=actor, name="Process", list_id=list_.pk, tree={"steps": steps, **parts}
    )
    publish(made.pk, actor=actor)
    return Template.objects.get(pk=made.pk)


def redraft(template: Template, steps: list[Any], *, actor: Employee, **parts: Any) -> None:
    template.refresh_from_db()
    tree = {"steps": steps, **parts}
    save_draft(template.pk, tree, draft_version=template.draft_version, actor=actor)
    publish(template.pk, actor=actor)


def go(after: timedelta = timedelta(), *, now: datetime | None = None) -> None:
    """Handle what happened and work, as if so much time had gone by."""
    moment = (now or timezone.now()) + after
    while handle_events(moment):
        pass
    work_all(moment)


def runs(template: Template, element_id: int | None = None) -> list[Instance]:
    rows = Instance.objects.filter(version__template=template).order_by("pk")
    return list(rows.filter(subject_id=element_id) if element_id else rows)


def statuses(template: Template, element_id: int | None = None) -> list[str]:
    return [one.status for one in runs(template, element_id)]
