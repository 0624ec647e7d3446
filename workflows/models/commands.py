"""Buttons that a process shows on its element while a step waits for one of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.models.instances import Instance


class Command(models.Model):
    """One button of a waiting step. All buttons of the step go when one was pressed.

    `people` are ids of the employees who may press it, as they were meant when the step began
    to wait; empty means whoever may run processes on the subject.
    """

    class Comment(models.TextChoices):
        NONE = "none", _("Not asked for")
        OPTIONAL = "optional", _("May be written")
        REQUIRED = "required", _("Required")

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="commands")
    #: `step:visit` of the waiting step.
    key = models.CharField(max_length=80)
    place = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=40)
    label = models.CharField(_("Label"), max_length=100)
    color = models.CharField(_("Colour"), max_length=20, blank=True)
    comment = models.CharField(max_length=8, choices=Comment, default=Comment.NONE)
    people = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("Command")
        verbose_name_plural = _("Commands")
        ordering = ["instance", "key", "place"]
        constraints = [
            models.UniqueConstraint(fields=["instance", "key", "code"], name="command_once")
        ]

    def __str__(self) -> str:
        return self.label
