"""What the pages of stages and pipelines show, for those who may change CRM's settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from crm_link.kinds import kinds
from crm_link.models import Questionnaire, Robot, Stage
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.stages import numbers_standing, pipelines_all, stages_of
from crm_link.stage_slots import stage_slots
from lists_core.access import Right, may
from lists_core.field_types.choice import ChoiceType
from lists_core.models import List
from lists_core.schema.cache import schema_of
from staff.models import Employee
from workflows.designer.steps import step_name

Meaning = Stage.Semantics


@dataclass(frozen=True)
class StageRow:
    """A stage with how many items stand on it and what others add to it."""

    stage: Stage
    number: int
    required: Sequence[str]
    slots: Sequence[str]


@dataclass(frozen=True)
class StageGroup:
    slug: str
    label: str | Promise
    rows: Sequence[StageRow]
    addable: bool = True


GROUPS = (
    (Meaning.PROCESS, pgettext_lazy("stage", "In progress"), True),
    (Meaning.SUCCESS, pgettext_lazy("stages", "Successful"), False),
    (Meaning.FAILURE, pgettext_lazy("stages", "Failed"), True),
)


def stage_rows(actor: Employee, list_: List, pipeline_id: int | None) -> list[StageGroup]:
    """The stages by their meaning. As many queries for many stages as for one."""
    stages = list(stages_of(list_, pipeline_id).prefetch_related("required"))
    numbers = numbers_standing(list_)
    drawn = [slot.cells(actor, list_, stages) for slot in stage_slots]
    rows = {
        stage.pk: StageRow(
            stage,
            numbers.get(stage.pk, 0),
            [field.name for field in stage.required.all() if field.deleted_at is None],
            [own[stage.pk] for own in drawn if stage.pk in own],
        )
        for stage in stages
    }
    return [
        StageGroup(
            meaning.name.lower(),
            label,
            [rows[stage.pk] for stage in stages if stage.semantics == meaning],
            addable,
        )
        for meaning, label, addable in GROUPS
    ]


def pipeline_rows(list_: List) -> list[dict[str, Any]]:
    return [{"id": row.pk, "name": row.name} for row in pipelines_all(list_)]


def live_stages(list_: List) -> list[Stage]:
    """Those to which items may go, pipeline by pipeline."""
    rows = Stage.objects.filter(option__field__list=list_, option__deleted_at=None)
    found = rows.select_related("option", "pipeline")
    return list(found.order_by("pipeline__sort", "pipeline_id", "option__sort", "pk"))


@dataclass(frozen=True)
class Bound:
    """Names of what a stage that goes takes along or leaves without a stage."""

    questionnaires: Sequence[str]
    robots: Sequence[str]


def bound_to(stages: Iterable[Stage]) -> Bound:
    """Two queries."""
    ids = [stage.pk for stage in stages]
    asked = Questionnaire.objects.filter(stage__in=ids, is_on=True)
    robots = Robot.objects.filter(stage__in=ids)
    return Bound([one.name for one in asked], [step_name(one.step) for one in robots])


def items_in(list_: List, pipeline_id: int) -> int:
    """How many items the pipeline holds, the bin included, whoever may see them."""
    return int(schema_of(list_).model.objects.filter(section=pipeline_id).count())


def directories(actor: Employee) -> list[dict[str, Any]]:
    """The choice fields of each kind with their options; `editable` where one may change them."""
    found = []
    for slug, list_ in visible_kinds(actor).items():
        fields = [
            {"field": field.field, "options": [
                option for option in field.field.options_by_id.values() if not option.deleted_at
            ]}
            for field in schema_of(list_).fields
            if isinstance(field.type, ChoiceType) and field.code != "STAGE"
        ]  # fmt: skip
        found.append({
            "kind": kinds.get(slug), "list": list_, "fields": fields,
            "editable": may(actor, Right.FULL, list_),
        })  # fmt: skip
    return found
