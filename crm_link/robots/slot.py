"""The robots and questionnaires of each stage, on the page of stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.template.loader import render_to_string

from crm_link.models import Questionnaire, Robot, Stage
from crm_link.services.robots import page_url
from crm_link.stage_slots import StageSlot, stage_slots
from lists_core.models import List
from staff.models import Employee
from workflows.designer.steps import step_name


@stage_slots.register
class Robots(StageSlot):
    slug = "robots"

    def cells(self, actor: Employee, list_: List, stages: Sequence[Stage]) -> Mapping[int, str]:
        """Two queries for all."""
        names: dict[int, list[str]] = {}
        for robot in Robot.objects.filter(stage__in=stages, is_on=True):
            names.setdefault(robot.stage_id, []).append(step_name(robot.step))
        asked: dict[int, list[Questionnaire]] = {}
        for one in Questionnaire.objects.filter(stage__in=stages, is_on=True):
            asked.setdefault(one.stage_id, []).append(one)
        return {
            stage.pk: self._cell(stage, list_, names.get(stage.pk, []), asked.get(stage.pk, []))
            for stage in stages
        }

    def _cell(
        self, stage: Stage, list_: List, names: Sequence[str], asked: Sequence[Questionnaire]
    ) -> str:
        stage.option.field.list = list_
        context = {"names": names, "questionnaires": asked, "url": page_url(stage)}
        return render_to_string("crm/robots/slot.html", context)
