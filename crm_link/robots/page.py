"""The robots of a pipeline as its page draws them: a column for each stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from crm_link.kinds import Kind, kinds
from crm_link.models import Robot, Stage, StageRobots
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.stages import pipelines_of, stages_of
from lists_core.models import List, Section
from staff.models import Employee
from workflows.actions.base import actions
from workflows.designer.scene import Scene
from workflows.designer.steps import step_name
from workflows.designer.summary import step_text
from workflows.durations import duration_text
from workflows.models import Template
from workflows.widgets.base import Asked, Shown
from workflows.widgets.conditions import words


@dataclass(frozen=True)
class RobotCard:
    """A robot in words."""

    robot: Robot
    scene: Scene

    @property
    def title(self) -> str:
        return step_name(self.robot.step)

    @property
    def icon(self) -> str:
        action = self.robot.action
        return actions.get(action).icon if action in actions else "help-circle"

    @property
    def text(self) -> str:
        return step_text(self.robot.step, self.scene)

    @property
    def when(self) -> str:
        asked = Asked("when", Shown("", widget="condition"), self.scene)
        return words(asked, self.robot.when) if self.robot.when else ""

    @property
    def timing(self) -> str:
        delay = self.robot.delay
        period = duration_text(delay["period"]) if delay.get("period") else ""
        if "field" not in delay:
            return _("in %(period)s") % {"period": period} if period else _("at once")
        schema = self.scene.schema(self.scene.template.list_id)
        field = schema.get(delay["field"]) if schema else None
        given = {"period": period, "field": field.name if field else delay["field"]}
        if not period:
            return _("on the day of “%(field)s”") % given
        if delay.get("direction") == "after":
            return _("%(period)s after “%(field)s”") % given
        return _("%(period)s before “%(field)s”") % given


@dataclass(frozen=True)
class Column:
    stage: Stage
    cards: Sequence[RobotCard]
    template: Template | None


class RobotsPage:
    """Raises nothing: who may not manage CRM does not come here."""

    def __init__(self, actor: Employee, kind: str, pipeline: str) -> None:
        self.actor = actor
        self.lists = {slug: row for slug, row in visible_kinds(actor).items()
                      if kinds.get(slug).staged}  # fmt: skip
        slug = kind if kind in self.lists else next(iter(self.lists), "")
        self.kind: Kind | None = kinds.get(slug) if slug else None
        self.list: List | None = self.lists.get(slug)
        self.pipelines = (
            pipelines_of(actor, self.list) if self.list and self.kind and self.kind.piped else []
        )
        self.pipeline = self._chosen(pipeline)

    def _chosen(self, given: str) -> Section | None:
        named = (one for one in self.pipelines if str(one.pk) == given)
        return next(named, self.pipelines[0] if self.pipelines else None)

    @cached_property
    def columns(self) -> list[Column]:
        """A fixed number of queries besides what the robots' own words ask."""
        if self.list is None:
            return []
        stages = list(stages_of(self.list, self.pipeline.pk if self.pipeline else None))
        kept = StageRobots.objects.select_related("template").filter(stage__in=stages)
        templates = {one.stage_id: one.template for one in kept}
        robots: dict[int, list[Robot]] = {}
        for robot in Robot.objects.filter(stage__in=stages):
            robots.setdefault(robot.stage_id, []).append(robot)
        scene = Scene(Template(list=self.list), {"steps": []}, self.actor)
        return [
            Column(one, [RobotCard(robot, scene) for robot in robots.get(one.pk, ())],
                   templates.get(one.pk) if robots.get(one.pk) else None)
            for one in stages
        ]  # fmt: skip
