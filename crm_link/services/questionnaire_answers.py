"""Answering a questionnaire: the values go into the item, the asking ends when it is full."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_link.models import Asking, Questionnaire
from crm_link.selectors.questionnaires import Filled, filled
from lists_core.access import Right
from lists_core.field_types.base import NO_TITLES
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import access_element
from lists_core.selectors.titles import titles_of
from lists_core.services.elements import open_list, update_element
from staff.models import Employee
from staff.selectors_calendar import working_time
from svod.base.errors import Forbidden, Invalid, NotFound
from workflows.drafts import Draft, mark
from workflows.models import Instance, Task
from workflows.services.tasks import finish

MINUTE, TOLD = 60, 200
FULL, LEFT = Asking.Outcome.FULL, Asking.Outcome.LEFT


def state_of(questionnaire: Questionnaire, element_id: int) -> Filled:
    """How the item answers now, whoever asks; names and numbers alone come of it."""
    schema = schema_of(List.objects.get(pk=questionnaire.list_id))
    row = schema.model.objects.filter(pk=element_id, deleted_at=None).first()
    if row is None:
        raise NotFound
    return filled(questionnaire, schema, row)


def write_answers(task: Task, drafts: Mapping[str, Draft], *, actor: Employee) -> None:
    """Into the item, by whatever the person may do there: in their name where they may change
    these fields, else in the process's.

    Raises Invalid (errors by code) for what others answered since the person looked; NotFound,
    Forbidden.
    """
    place = task.instance.list_id or 0, task.instance.subject_id or 0
    _list, schema = open_list(place[0])
    row = schema.model.objects.filter(pk=place[1], deleted_at=None).select_for_update().first()
    if row is None:
        raise NotFound
    given = {schema[code]: draft for code, draft in drafts.items() if code in schema.by_code}
    _check_unseen(row, given, actor, place)
    changed = {one.code: draft.value for one, draft in given.items()
               if one.read(row) != draft.value}  # fmt: skip
    if changed:
        writer = _writer(changed, task.instance, actor)
        update_element(*place, changed, version=row.version, actor=writer)


def _check_unseen(
    row: Any, drafts: Mapping[SchemaField, Draft], actor: Employee, place: tuple[int, int]
) -> None:
    """Raise Invalid for what is answered otherwise than the person saw. Who may not see the
    answer hears only that there is one."""
    shown = _own(actor, Right.VIEW, *place)
    errors = {}
    for field, draft in drafts.items():
        value = field.read(row)
        if shown is None or field.code not in shown.by_code:
            if value is not None:
                errors[field.code] = [_("This is answered already.")]
        elif value != draft.value and mark(value) != draft.seen:
            errors[field.code] = [_answered(field, value, actor)]
    if errors:
        raise Invalid(errors)


def _answered(field: SchemaField, value: Any, actor: Employee) -> str:
    titles = titles_of([(field, value)], actor=actor)
    told = _("Meanwhile somebody wrote here: %(value)s. Save again to put yours in its place.")
    text = field.to_text(value, titles.get(field.key, NO_TITLES))[:TOLD]
    return told % {"value": text or pgettext("answer", "nothing")}


def _writer(codes: Collection[str], instance: Instance, actor: Employee) -> Employee:
    own = _own(actor, Right.CHANGE, instance.list_id or 0, instance.subject_id or 0)
    if own and {field.code for field in own.changeable}.issuperset(codes):
        return actor
    if instance.run_as is None:
        raise Forbidden
    return instance.run_as


def _own(actor: Employee, right: Right, list_id: int, element_id: int) -> Schema | None:
    """The fields of the item as the actor knows them; None without the right on it."""
    try:
        return access_element(actor, right, list_id, element_id)[1]
    except (NotFound, Forbidden):
        return None


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


def end_abandoned(questionnaire_id: int, element_id: int, *, now: datetime) -> None:
    """Askings whose process is over and ended none of them, as a cancelled one does: they were
    left when it was."""
    open_ = Asking.objects.filter(
        questionnaire=questionnaire_id, element=element_id, outcome=Asking.Outcome.OPEN
    )
    over = open_.exclude(instance__status__in=Instance.OPEN).select_related("instance")
    for one in over:
        ended = one.instance.finished_at or now
        end_asking(one.instance_id, questionnaire_id, LEFT, now=ended)


def hand_over_asking(instance_id: int, questionnaire_id: int, employee_id: int | None) -> None:
    """Somebody else answers for the item, so the report speaks of them."""
    open_ = Asking.objects.filter(
        instance=instance_id, questionnaire=questionnaire_id, outcome=Asking.Outcome.OPEN
    )
    open_.update(employee=employee_id)


def worked_minutes(since: datetime, until: datetime) -> int:
    """Working time between two moments by the portal's calendar and in its zone."""
    zone = timezone.get_default_timezone()
    return int(working_time().between(since, until, zone).total_seconds() // MINUTE)
