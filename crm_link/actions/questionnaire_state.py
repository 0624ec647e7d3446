"""Look at a questionnaire: how much of it is answered, and its deadlines.

The first look of a process begins the asking: from then on its deadlines are fixed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext_lazy as _

from crm_link.models import Asking, Questionnaire
from crm_link.selectors.questionnaires import Filled, filled, questionnaires_with_questions
from crm_link.services.questionnaire_answers import (
    FULL,
    end_abandoned,
    end_asking,
    worked_minutes,
)
from lists_core.schema.cache import schema_of
from svod.base.errors import Invalid, NotFound
from workflows.actions.base import Action, ActionParams, Output, Shown, actions
from workflows.durations import Duration, moment_after

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.engine.context import Context

MINUTES = 60


@actions.register
class QuestionnaireState(Action):
    slug = "questionnaire_state"
    label = _("Look at a questionnaire")
    help = _("The first look begins the asking: its deadlines are counted from then.")
    icon = "list-check"
    outputs = (
        Output("full", _("The minimal set is answered"), "boolean"),
        Output("busy", _("Another process asks it already"), "boolean"),
        Output("share", _("Share filled in, percent"), "number"),
        Output("missing", _("What is missing")),
        Output("due_at", _("Deadline"), "datetime"),
        Output("escalate_at", _("When it goes to the head"), "datetime"),
        Output("late_hours", _("Working hours of delay"), "number"),
        Output("now", _("When it was looked at"), "datetime"),
        Output("stage", _("Stage of the questionnaire")),
        Output("name", _("Name of the questionnaire")),
    )

    class Params(ActionParams):
        questionnaire: Annotated[int, Shown(_("Questionnaire"), widget="questionnaire")]

    def run(self, context: Context, params: Params) -> dict[str, Any]:
        questionnaire = questionnaire_of(context, params.questionnaire)
        state = state_in(context, questionnaire)
        busy = _is_busy(context, questionnaire)
        due = _begun(context, questionnaire, state) if not busy else _due(context, questionnaire)
        late = worked_minutes(due, context.now) if context.now > due else 0
        return {
            "full": state.is_full,
            "busy": busy,
            "share": state.share,
            "missing": state.names(),
            "due_at": due,
            "escalate_at": _later(context, due, questionnaire.escalate),
            "late_hours": (Decimal(late) / MINUTES).quantize(Decimal("0.1")),
            "now": context.now,
            "stage": str(questionnaire.stage),
            "name": questionnaire.name,
        }


def questionnaire_of(context: Context, number: int) -> Questionnaire:
    """With its questions. Raises NotFound with a plain reason, Invalid for another list's."""
    found = questionnaires_with_questions().filter(pk=number).first()
    if found is None:
        raise NotFound(_("The questionnaire of this step does not exist any more."))
    if found.list_id != context.instance.list_id:
        text = _("The questionnaire belongs to another list.")
        raise Invalid({"questionnaire": [text]}, text)
    return found


def state_in(context: Context, questionnaire: Questionnaire) -> Filled:
    """Of the whole item, also where the process may not read a field: only names come of it."""
    subject = context.subject
    return filled(questionnaire, schema_of(questionnaire.list), subject.row)


def responsible_in(context: Context, questionnaire: Questionnaire) -> int | None:
    """Id of who answers for the item now."""
    found: int | None = schema_of(questionnaire.list)["RESPONSIBLE"].read(context.subject.row)
    return found


def _is_busy(context: Context, questionnaire: Questionnaire) -> bool:
    """Whether another process asks it; one that is over asks no more, whatever it left open."""
    element = context.instance.subject_id or 0
    end_abandoned(questionnaire.pk, element, now=context.now)
    others = Asking.objects.filter(
        questionnaire=questionnaire, element=element, outcome=Asking.Outcome.OPEN
    )
    return others.exclude(instance=context.instance).exists()


def _begun(context: Context, questionnaire: Questionnaire, state: Filled) -> datetime:
    instance = context.instance
    asking, made = Asking.objects.get_or_create(
        instance=instance,
        questionnaire=questionnaire,
        defaults={
            "element_id": instance.subject_id or 0,
            "employee_id": responsible_in(context, questionnaire),
            "came_at": context.now,
            "due_at": _due(context, questionnaire),
        },
    )
    if made and state.is_full:
        end_asking(instance.pk, questionnaire.pk, FULL, now=context.now)
    return asking.due_at


def _due(context: Context, questionnaire: Questionnaire) -> datetime:
    return _later(context, context.now, questionnaire.deadline)


def _later(context: Context, moment: datetime, hours: int) -> datetime:
    return moment_after(moment, working(hours), context.calendar)


def working(hours: int) -> Duration:
    return Duration(amount=Decimal(hours), unit="working_hours")
