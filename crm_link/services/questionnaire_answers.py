"""Answering a questionnaire: the values go into the item, the asking ends when it is full."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from crm_link.models import Asking, Questionnaire
from crm_link.selectors.questionnaires import Filled, filled
from lists_core.access import Right
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import access_element
from lists_core.services.elements import update_element
from staff.models import Employee
from staff.selectors_calendar import working_time
from svod.base.errors import Forbidden, NotFound
from workflows.models import Instance, Task
from workflows.services.tasks import finish

MINUTE = 60
FULL, LEFT = Asking.Outcome.FULL, Asking.Outcome.LEFT


def state_of(questionnaire: Questionnaire, element_id: int) -> Filled:
    """How the item answers now, whoever asks; names and numbers alone come of it."""
    schema = schema_of(List.objects.get(pk=questionnaire.list_id))
    row = schema.model.objects.filter(pk=element_id, deleted_at=None).first()
    if row is None:
        raise NotFound
    return filled(questionnaire, schema, row)


def write_answers(task: Task, values: Mapping[str, Any], *, actor: Employee) -> None:
    """Into the item: in the person's own name, or where they lack the right in the process's,
    which may write what the person who was asked may not. Raises Invalid, NotFound, Forbidden."""
    instance = task.instance
    place = instance.list_id or 0, instance.subject_id or 0
    writer, row = _writer(actor, instance, place)
    schema = schema_of(instance.list or List(pk=place[0]))
    own = {code: value for code, value in values.items() if schema.get(code) is not None}
    changed = {code: value for code, value in own.items() if schema[code].read(row) != value}
    if changed:
        update_element(*place, changed, version=row.version, actor=writer)


def _writer(actor: Employee, instance: Instance, place: tuple[int, int]) -> tuple[Employee, Any]:
    try:
        return actor, access_element(actor, Right.CHANGE, *place)[2]
    except (NotFound, Forbidden):
        if instance.run_as is None:
            raise
        return instance.run_as, access_element(instance.run_as, Right.CHANGE, *place)[2]


def end_task(task: Task, outcome: str, *, now: datetime, actor: Employee | None = None) -> None:
    """Nothing is left to be asked: close the locked, open task and the asking behind it."""
    is_full = outcome == FULL
    state = Task.State.DONE if is_full else Task.State.CANCELLED
    finish(task, state, {"outcome": str(outcome)}, now=now, actor=actor)
    end_asking(task.instance_id, task.form["questionnaire"], outcome, now=now)


def end_asking(instance_id: int, questionnaire_id: int, outcome: str, *, now: datetime) -> None:
    open_ = Asking.objects.filter(
        instance=instance_id, questionnaire=questionnaire_id, outcome=Asking.Outcome.OPEN
    )
    for asking in open_.select_for_update():
        asking.outcome, asking.ended_at = outcome, now
        asking.minutes = worked_minutes(asking.came_at, now)
        asking.save(update_fields=["outcome", "ended_at", "minutes"])


def worked_minutes(since: datetime, until: datetime) -> int:
    """Working time between two moments by the portal's calendar and in its zone."""
    zone = timezone.get_default_timezone()
    return int(working_time().between(since, until, zone).total_seconds() // MINUTE)
