"""Answers to a task that stays open: what becomes of them its action decides."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from staff.models import Employee
from svod.base.errors import Forbidden
from workflows.actions.base import actions
from workflows.drafts import Draft
from workflows.models import Task
from workflows.services.task_answers import open_part
from workflows.services.tasks import Role, locked, note


def keep_draft(task_id: int, part_id: int, drafts: Mapping[str, Draft], *, actor: Employee) -> Task:
    """Keep the answers by code, for the part that is the actor's or of whom they stand for.

    The task must take drafts (`Task.form`). Raises NotFound, Forbidden, Conflict as answering
    does, and what the action raises.
    """
    now = timezone.now()
    with transaction.atomic():
        task = locked(task_id, actor=actor)
        part = open_part(task, part_id, actor=actor)
        keep = getattr(actions.get(task.kind), "keep", None) if task.kind in actions else None
        if part.role != Role.RESPONSIBLE or not task.form.get("drafts") or keep is None:
            raise Forbidden
        whom = {} if actor.pk == part.employee_id else {"for": str(part.employee)}
        note(task, "drafted", actor=actor, at=now, **whom)
        keep(task, drafts, actor=actor, now=now)
    return task
