"""The form of one robot: its action's parameters as the designer asks them, delay, condition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from crm_link.models import Robot
from workflows.actions.base import Shown
from workflows.designer.scene import Scene
from workflows.designer.step_form import StepForm
from workflows.widgets.base import Asked
from workflows.widgets.conditions import ConditionsField
from workflows.widgets.lists import field_choices
from workflows.widgets.scalars import DurationField, OneOf

NOW, AFTER, DATE = "", "after", "date"
BEFORE = "before"


class RobotForm(StepForm):
    """Redrawn (`redraw` in the request) whenever something else is to be asked.

    `kind` is the chosen way to delay, while what belongs to it may be missing yet.
    """

    def __init__(self, data: Any, *, robot: Robot, scene: Scene, kind: str | None = None) -> None:
        super().__init__(data, step=robot.step, scene=scene)
        self.robot = robot
        self.kind = kind if kind is not None else kind_of(robot.delay)
        if data is not None and "delay-kind" in data:
            self.kind = str(data["delay-kind"])
        self.fields["name"].label = _("Name of the robot")
        self._add_delay()
        mark = Shown(_("Only when"), widget="condition", raw=True)
        self.fields["when"] = ConditionsField(Asked("when", mark, scene), over_process=False)
        self.fields["when"].label = _("Only when")
        self.initial["when"] = robot.when or None

    def _add_delay(self) -> None:
        ways = [(NOW, _("at once")), (AFTER, _("some time after the item came")),
                (DATE, _("by a date of the item"))]  # fmt: skip
        self.fields["delay-kind"] = OneOf(label=_("When to do it"), choices=ways, required=False)
        self.fields["delay-kind"].widget.attrs["data-redraw"] = "1"
        self.initial["delay-kind"] = self.kind
        if self.kind == DATE:
            self._add_date()
        if self.kind in (AFTER, DATE):
            self.fields["delay-period"] = DurationField(required=False)
            self.fields["delay-period"].label = _("How long")
            self.initial["delay-period"] = self.robot.delay.get("period")

    def _add_date(self) -> None:
        asked = Asked("field", Shown("", widget="date_field"), self.scene)
        dates = [("", "—"), *field_choices(asked, "date", "datetime")]
        self.fields["delay-field"] = OneOf(label=_("Date field"), choices=dates, required=False)
        self.initial["delay-field"] = self.robot.delay.get("field", "")
        sides = [(BEFORE, _("before the date")), ("after", _("after the date"))]
        self.fields["delay-direction"] = OneOf(
            label=_("Before or after"), choices=sides, required=False
        )
        self.initial["delay-direction"] = self.robot.delay.get("direction") or BEFORE

    @property
    def timing(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith("delay-")]

    def parts(self) -> dict[str, Any]:
        """What `save_robot` takes."""
        read = self.read()
        return {
            "name": read["name"],
            "params": read["params"],
            "delay": self._delay(),
            "when": self._value("when") or {},
        }

    def _delay(self) -> dict[str, Any]:
        given = {name.removeprefix("delay-"): self._value(name) for name in self.fields
                 if name.startswith("delay-") and name != "delay-kind"}  # fmt: skip
        return {name: value for name, value in given.items() if value not in (None, "")}

    def mistakes(self) -> dict[str, list[str]]:
        """What the chosen way to delay lacks."""
        delay = self._delay()
        if self.kind == AFTER and "period" not in delay:
            return {"": [_("Enter how long to wait.")]}
        if self.kind == DATE and "field" not in delay:
            return {"": [_("Choose a date field.")]}
        return {}


def kind_of(delay: Mapping[str, Any]) -> str:
    if "field" in delay:
        return DATE
    return AFTER if delay else NOW
