"""Robots: what is done by itself with the items of a stage. Each is one action.

They are compiled to an ordinary process of the stage (`crm_link/robots/compiling.py`), so there
is one engine; the process is written anew whenever they change.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_link.models.stages import Stage
from workflows.models import Template


class StageRobots(models.Model):
    """The process that a stage's robots are."""

    stage = models.OneToOneField(
        Stage, primary_key=True, on_delete=models.CASCADE, related_name="robots"
    )
    template = models.OneToOneField(Template, on_delete=models.CASCADE, related_name="+")


class Robot(models.Model):
    """`delay`: {} at once; {"period": {…}} so long after the item came; {"field": "CLOSE_DATE",
    "period": {…} or nothing, "direction": "before"} by a date of the item. `when` is a
    condition of processes, looked at when the robot's turn comes."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="robot_rows")
    action = models.CharField(max_length=40)
    name = models.CharField(_("Name"), max_length=200, blank=True)
    params = models.JSONField(default=dict)
    delay = models.JSONField(default=dict)
    when = models.JSONField(default=dict)
    is_on = models.BooleanField(default=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Robot")
        verbose_name_plural = _("Robots")
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.name or self.action

    @property
    def step_id(self) -> str:
        """Its step in the compiled tree."""
        return f"r{self.pk}"

    @property
    def step(self) -> dict[str, object]:
        return {"id": self.step_id, "type": self.action, "name": self.name, "params": self.params}
