"""A new question of a questionnaire is a new field of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from crm_link.models import Question, QuestionGroup
from crm_link.presets import choice
from crm_link.services.questionnaires import access_questionnaire
from crm_link.services.stages import renew
from crm_link.services.told import tell
from lists_core.services.fields import create_field
from staff.models import Employee
from svod.base.errors import NotFound


@transaction.atomic
def add_question(
    questionnaire_id: int,
    *,
    actor: Employee,
    name: str,
    type_slug: str,
    group_id: int | None = None,
    options: Sequence[str] = (),
    required: bool = False,
) -> Question:
    """Make the field and ask it last in a group (a first one is made where there is none).

    Raises NotFound, Forbidden (also without full access to the list), Invalid.
    """
    questionnaire = access_questionnaire(actor, questionnaire_id, lock=True)
    groups = QuestionGroup.objects.filter(questionnaire=questionnaire)
    group = groups.filter(pk=group_id).first() if group_id else groups.first()
    if group is None and (group_id or groups.exists()):
        raise NotFound
    group = group or QuestionGroup.objects.create(questionnaire=questionnaire)
    settings: dict[str, Any] = choice(*options)() if type_slug == "list" else {}
    field = create_field(
        questionnaire.list_id, type_slug, actor=actor, name=name, settings=settings,
        show_in_list=False, show_in_add=False,
    )  # fmt: skip
    last = group.questions.aggregate(last=Max("sort"))["last"] or 0
    made = Question.objects.create(group=group, field=field, required=required, sort=last + 1)
    renew(questionnaire.list)
    tell(
        "questionnaire_changed", actor=actor, subject=f"crm_questionnaire:{questionnaire.pk}",
        called=questionnaire, added=name,
    )  # fmt: skip
    return made
