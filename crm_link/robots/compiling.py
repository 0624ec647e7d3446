"""From the robots of a stage to the tree of its process.

Those without a delay go one after the other, in their order; each with a delay counts its own
time from the item's coming, beside the others. Leaving the stage ends what has not happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm_link.models import Robot, Stage

Step = dict[str, Any]


def tree_of(stage: Stage, robots: Sequence[Robot]) -> dict[str, Any]:
    on = [robot for robot in robots if robot.is_on]
    return {
        "steps": _steps([one for one in on if not one.delay], [one for one in on if one.delay]),
        "triggers": [{"event": "crm_stage", "stages": [stage.pk], "until_left": True}],
    }


def robot_of(step_id: str) -> int | None:
    """The robot whose step it is: "r5", its condition "c5" or its wait "w5"."""
    number = step_id[1:]
    return int(number) if step_id[:1] in {"r", "c", "w"} and number.isdecimal() else None


def _steps(at_once: Sequence[Robot], delayed: Sequence[Robot]) -> list[Step]:
    first = [_acting(robot) for robot in at_once]
    if not delayed:
        return first
    branches = [_way(_("At once"), first)] if first else []
    branches += [_way(str(robot), [_waiting(robot), _acting(robot)]) for robot in delayed]
    if len(branches) == 1:
        return list(branches[0]["steps"])
    beside: Step = {"id": "all", "type": "parallel", "name": _("Robots"), "params": {}}
    return [{**beside, "branches": branches}]


def _acting(robot: Robot) -> Step:
    """The action, behind its condition where it has one."""
    if not robot.when:
        return dict(robot.step)
    way = {**_way(_("Yes"), [dict(robot.step)]), "when": robot.when}
    return {"id": f"c{robot.pk}", "type": "if", "name": _("Condition of the robot"), "params": {},
            "branches": [way]}  # fmt: skip


def _waiting(robot: Robot) -> Step:
    delay: Mapping[str, Any] = robot.delay
    step: Step = {"id": f"w{robot.pk}", "type": "wait", "name": _("Delay of the robot")}
    if "field" not in delay:
        return {**step, "params": {"period": delay.get("period")}}
    params = {"date": f"{{{{Document.{delay['field']}}}}}", "shift": delay.get("period"),
              "direction": delay.get("direction") or "before"}  # fmt: skip
    return {**step, "type": "wait_until", "params": params}


def _way(name: str, steps: Sequence[Step]) -> dict[str, Any]:
    return {"name": name, "steps": list(steps)}
