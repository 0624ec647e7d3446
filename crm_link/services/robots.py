"""Writes to robots. Each write compiles the stage's process anew and publishes it, or fails.

For whoever manages CRM and may design the processes of the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.kinds import kind_of
from crm_link.models import Robot, Stage, StageRobots
from crm_link.robots.compiling import robot_of, tree_of
from crm_link.robots.offered import is_offered
from crm_link.services.told import differing, tell, values
from lists_core.models import FieldOption
from staff.models import Employee
from svod.base.errors import Invalid, NotFound
from workflows.actions.base import actions
from workflows.models import Template
from workflows.services.kept_templates import let_go, make_kept, retire_kept, write_kept
from workflows.services.templates import NotPublishable, may_design

KEEPER = "crm.robots"
MOST = 50
#: What `save_robot` changes.
PARTS = frozenset({"name", "params", "delay", "when", "is_on"})


def access_stage(actor: Employee, stage_id: int, *, lock: bool = False) -> Stage:
    """A live stage whose robots the actor may change. Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    if lock:
        FieldOption.objects.select_for_update().filter(pk=stage_id).first()
    rows = Stage.objects.select_related("option__field__list", "pipeline")
    stage = rows.filter(pk=stage_id, option__deleted_at=None).first()
    if stage is None:
        raise NotFound
    may_design(actor, stage.option.field.list_id)
    return stage


def access_robot(actor: Employee, robot_id: int) -> Robot:
    """Raises Forbidden, NotFound."""
    require_crm_manager(actor)
    robot = Robot.objects.filter(pk=robot_id).first()
    if robot is None:
        raise NotFound
    robot.stage = access_stage(actor, robot.stage_id)
    return robot


def template_for(stage: Stage, *, actor: Employee) -> Template:
    """The process of the stage's robots, made empty when there is none yet."""
    present = StageRobots.objects.select_related("template__list", "template__active_version")
    found = present.filter(stage=stage).first()
    if found is not None:
        return found.template
    with transaction.atomic():
        access_stage(actor, stage.pk, lock=True)
        made = present.filter(stage=stage).first()
        if made is None:
            template = make_kept(KEEPER, stage.option.field.list, _name(stage), actor=actor)
            made = StageRobots.objects.create(stage=stage, template=template)
    return made.template


@transaction.atomic
def add_robot(stage_id: int, action: str, *, actor: Employee, **parts: Any) -> Robot:
    """A new one behind the others. Raises Forbidden, NotFound, Invalid."""
    stage = access_stage(actor, stage_id, lock=True)
    if action not in actions or not is_offered(actions.get(action)):
        raise Invalid({"": [_("There is no such action.")]})
    rows = list(Robot.objects.filter(stage=stage))
    if len(rows) >= MOST:
        raise Invalid({"": [_("A stage has %(count)d robots at most.") % {"count": MOST}]})
    last = max((one.sort for one in rows), default=0)
    robot = Robot(stage=stage, action=action, sort=last + 1)
    _fill(robot, parts)
    robot.save()
    _compile(stage, actor, robot)
    _tell("robot_created", stage, actor, robot, action=action)
    return robot


@transaction.atomic
def save_robot(robot_id: int, *, actor: Employee, **parts: Any) -> Robot:
    """Change some of PARTS. Raises Forbidden, NotFound, Invalid with errors by parameter."""
    robot = access_robot(actor, robot_id)
    stage = access_stage(actor, robot.stage_id, lock=True)
    before = values(robot, PARTS)
    _fill(robot, parts)
    robot.save()
    _compile(stage, actor, robot)
    changed = differing(before, values(robot, PARTS))
    _tell("robot_changed", stage, actor, robot, changed=list(changed), is_on=robot.is_on)
    return robot


@transaction.atomic
def delete_robot(robot_id: int, *, actor: Employee) -> None:
    robot = access_robot(actor, robot_id)
    stage = access_stage(actor, robot.stage_id, lock=True)
    _tell("robot_deleted", stage, actor, robot)
    robot.delete()
    _compile(stage, actor)


@transaction.atomic
def sort_robots(stage_id: int, robot_ids: Sequence[int], *, actor: Employee) -> None:
    """Put the stage's robots into this order; those that are not named come behind."""
    stage = access_stage(actor, stage_id, lock=True)
    rows = list(Robot.objects.filter(stage=stage))
    places = {pk: place for place, pk in enumerate(robot_ids)}
    rows.sort(key=lambda one: places.get(one.pk, len(places)))
    for place, robot in enumerate(rows, start=1):
        robot.sort = place
    Robot.objects.bulk_update(rows, ["sort"])
    _compile(stage, actor)
    _tell("robots_ordered", stage, actor, order=[str(robot) for robot in rows])


@transaction.atomic
def detach_robots(stage_id: int, *, actor: Employee) -> Template:
    """Make an ordinary process of the stage's robots; there are none on the stage then.

    Raises NotFound when there are none now.
    """
    stage = access_stage(actor, stage_id, lock=True)
    found = StageRobots.objects.select_related("template").filter(stage=stage).first()
    if found is None or not Robot.objects.filter(stage=stage).exists():
        raise NotFound
    let_go(found.template)
    Robot.objects.filter(stage=stage).delete()
    found.delete()
    _tell("robots_detached", stage, actor)
    return Template.objects.get(pk=found.template_id)


def _fill(robot: Robot, parts: Mapping[str, Any]) -> None:
    for name in PARTS & set(parts):
        setattr(robot, name, parts[name])
    robot.name = robot.name.strip()[:200]


def _compile(stage: Stage, actor: Employee, about: Robot | None = None) -> None:
    """Publish what the robots are now. What is wrong with the robot in hand is told of it."""
    template = template_for(stage, actor=actor)
    robots = list(Robot.objects.filter(stage=stage))
    if not any(robot.is_on for robot in robots):
        retire_kept(template)
        return
    try:
        write_kept(template, tree_of(stage, robots), _name(stage), actor=actor)
    except NotPublishable as error:
        raise _mistakes(error, robots, about) from error


def _mistakes(error: NotPublishable, robots: Sequence[Robot], about: Robot | None) -> Invalid:
    """By parameter for the robot in hand, by name for others."""
    errors: dict[str, list[str]] = {}
    names = {robot.pk: str(robot) for robot in robots}
    for problem in error.details["problems"]:
        owner = robot_of(problem.step)
        own = about is not None and owner == about.pk
        text = problem.text if own or owner is None else f"{names.get(owner)}: {problem.text}"
        key = problem.param if own and problem.step.startswith("r") else ""
        errors.setdefault(key, []).append(text)
    return Invalid(errors)


def _tell(
    event: str, stage: Stage, actor: Employee, robot: Robot | None = None, **about: Any
) -> None:
    subject = f"crm_robot:{robot.pk}" if robot else f"crm_stage:{stage.pk}"
    where = {"stage": str(stage)} if robot else {}
    tell(event, actor=actor, subject=subject, called=robot or stage, **where, **about)


def _name(stage: Stage) -> str:
    where = f"{stage.pipeline} · {stage}" if stage.pipeline_id else str(stage)
    kind = stage.option.field.list.name
    return _("Robots: %(list)s, stage “%(stage)s”") % {"list": kind, "stage": where}


def page_url(stage: Stage) -> str:
    """The page of robots where the stage stands."""
    kind = kind_of(stage.option.field.list.system)
    asked = {"kind": kind.slug if kind else "", "pipeline": stage.pipeline_id or ""}
    return f"{reverse('crm_robots')}?{urlencode(asked)}"


def template_url(template: Template) -> str:
    """Where a process that robots make is edited."""
    rows = StageRobots.objects.select_related("stage__option__field__list")
    found = rows.filter(template=template).first()
    return page_url(found.stage) if found else reverse("crm_robots")
