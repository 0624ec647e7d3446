"""Writes to questionnaires. Their process follows: it is paused while they are not asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.models import Question, QuestionGroup, Questionnaire, Stage
from crm_link.selectors.questionnaires import questionnaires_with_questions
from crm_link.services.incidents import set_up_incidents
from crm_link.services.questionnaire_flow import move_flow, publish_flow
from crm_link.services.stages import renew
from crm_link.services.told import differing, tell, values
from lists_core.models import Field, List
from staff.models import Employee
from svod.base.errors import Invalid, NotFound
from workflows.models import Template

MAX_QUESTIONS = 100
#: What `save_questionnaire` takes besides the stage and the groups.
SETTINGS = frozenset({"name", "deadline", "remind", "escalate", "gated", "is_on"})


@dataclass(frozen=True)
class Group:
    """A group as a form gives it: (id of a field, required) in their order."""

    name: str
    questions: Sequence[tuple[int, bool]]


@transaction.atomic
def create_questionnaire(
    list_: List, *, actor: Employee, stage_id: int, groups: Sequence[Group] = (), **settings: Any
) -> Questionnaire:
    """A new one with its process, which works in the actor's name: for administrators.

    Raises Forbidden, Invalid.
    """
    require_crm_manager(actor)
    questionnaire = Questionnaire(list=list_)
    _fill(questionnaire, stage_id, settings)
    questionnaire.save()
    _write_groups(questionnaire, groups)
    renew(list_)
    publish_flow(questionnaire, set_up_incidents(actor=actor), actor=actor)
    told = {"stage": str(questionnaire.stage), **_questions(groups)}
    _tell("created", questionnaire, actor, **told)
    return questionnaire


@transaction.atomic
def save_questionnaire(
    questionnaire_id: int,
    *,
    actor: Employee,
    stage_id: int | None = None,
    groups: Sequence[Group] | None = None,
    **settings: Any,
) -> Questionnaire:
    """Change settings, with `stage_id` the stage and with `groups` all the questions. Whoever is
    being asked already keeps their deadline; the questions of open tasks stay as they were set.

    Raises NotFound, Forbidden, Invalid.
    """
    require_crm_manager(actor)
    questionnaire = access_questionnaire(actor, questionnaire_id, lock=True)
    before, stood = values(questionnaire, SETTINGS), questionnaire.stage
    _fill(questionnaire, stage_id, settings)
    questionnaire.save()
    moved = _moved(questionnaire, stood, actor)
    if groups is not None:
        questionnaire.groups.all().delete()
        _write_groups(questionnaire, groups)
    renew(questionnaire.list)
    _pause(questionnaire)
    told = {"settings": differing(before, values(questionnaire, SETTINGS)), **_questions(groups)}
    _tell("changed", questionnaire, actor, **moved, **told)
    return questionnaire


def _moved(questionnaire: Questionnaire, stood: Stage, actor: Employee) -> dict[str, Any]:
    """The process follows to another stage; what the audit log is told of it."""
    if questionnaire.stage_id == stood.pk:
        return {}
    move_flow(questionnaire, stood, actor=actor)
    return {"stage": {"before": str(stood), "after": str(questionnaire.stage)}}


@transaction.atomic
def delete_questionnaire(questionnaire_id: int, *, actor: Employee) -> None:
    """With its process, which goes to the bin of processes; answers stay in the items."""
    from workflows.services.templates import delete_template

    require_crm_manager(actor)
    questionnaire = access_questionnaire(actor, questionnaire_id, lock=True)
    template = questionnaire.template
    _tell("deleted", questionnaire, actor)
    questionnaire.delete()
    renew(questionnaire.list)
    if template is not None and template.deleted_at is None:
        delete_template(template.pk, actor=actor)


def access_questionnaire(
    actor: Employee, questionnaire_id: int, *, lock: bool = False
) -> Questionnaire:
    """For whoever manages CRM. Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    if lock:
        Questionnaire.objects.select_for_update().filter(pk=questionnaire_id).first()
    found = questionnaires_with_questions().filter(pk=questionnaire_id).first()
    if found is None:
        raise NotFound
    return found


def _fill(questionnaire: Questionnaire, stage_id: int | None, given: Mapping[str, Any]) -> None:
    for name in SETTINGS & set(given):
        setattr(questionnaire, name, given[name])
    if stage_id is not None:
        stage = Stage.objects.filter(
            pk=stage_id, option__field__list=questionnaire.list, option__deleted_at=None
        ).first()
        if stage is None:
            raise Invalid({"stage": [_("There is no such stage any more.")]})
        questionnaire.stage = stage
    if questionnaire.is_on and questionnaire.stage.option.deleted_at is not None:
        told = _("Its stage was removed: choose another one, or switch it off.")
        raise Invalid({"stage": [told]})
    try:
        questionnaire.clean_fields(exclude=["template"])
    except ValidationError as error:
        raise Invalid(error.message_dict) from None


def _write_groups(questionnaire: Questionnaire, groups: Sequence[Group]) -> None:
    chosen = [pk for group in groups for pk, _required in group.questions]
    fields = Field.objects.filter(list=questionnaire.list, deleted_at=None).in_bulk(chosen)
    if len(chosen) > MAX_QUESTIONS or len(fields) != len(set(chosen)):
        raise Invalid({"groups": [_("There is no such field any more.")]})
    if len(chosen) != len(set(chosen)):
        twice = next(pk for pk in chosen if chosen.count(pk) > 1)
        text = _("“%(field)s” is asked twice.") % {"field": fields[twice].name}
        raise Invalid({"groups": [text]})
    for place, group in enumerate(groups):
        row = QuestionGroup.objects.create(
            questionnaire=questionnaire, name=group.name.strip()[:200], sort=place
        )
        Question.objects.bulk_create(
            Question(group=row, field=fields[pk], required=required, sort=number)
            for number, (pk, required) in enumerate(group.questions)
        )


def _tell(event: str, questionnaire: Questionnaire, actor: Employee, **about: Any) -> None:
    tell(
        f"questionnaire_{event}", actor=actor, subject=f"crm_questionnaire:{questionnaire.pk}",
        called=questionnaire.name, **about,
    )  # fmt: skip


def _questions(groups: Sequence[Group] | None) -> dict[str, Any]:
    """The questions for the audit log, the required ones marked; nothing where they stay."""
    if groups is None:
        return {}
    ids = [pk for group in groups for pk, _required in group.questions]
    names = dict(Field.objects.filter(pk__in=ids).values_list("pk", "name"))
    asked = {
        group.name: [names[pk] + " *" * required for pk, required in group.questions]
        for group in groups
    }
    return {"questions": asked}


def _pause(questionnaire: Questionnaire) -> None:
    """The process starts only while the questionnaire is asked."""
    if questionnaire.template_id:
        Template.objects.filter(pk=questionnaire.template_id).update(
            is_paused=not questionnaire.is_on,
            pause_reason="" if questionnaire.is_on else _("The questionnaire is not asked."),
        )
