"""Stages and how items moved through them.

A pipeline is a section of the list of deals; a stage is an option of the field STAGE with what
only stages have. Kinds without pipelines have stages whose `pipeline` is None.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.models import Element, Field, FieldOption, Section


class Stage(models.Model):
    """Its name, colour and place in the order are those of the option."""

    class Semantics(models.TextChoices):
        PROCESS = "P", pgettext_lazy("stage", "In progress")
        SUCCESS = "S", pgettext_lazy("stage", "Success")
        FAILURE = "F", pgettext_lazy("stage", "Failure")

    option = models.OneToOneField(
        FieldOption, primary_key=True, on_delete=models.CASCADE, related_name="stage"
    )
    pipeline = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.CASCADE, related_name="stages"
    )
    #: For programs, as Bitrix24 has them: NEW, WON, "C5:LOSE" in the pipeline of section 5.
    code = models.CharField(_("Code"), max_length=60)
    semantics = models.CharField(
        _("Meaning"), max_length=1, choices=Semantics.choices, default=Semantics.PROCESS
    )
    #: Days after which an item that still stands here is coloured; 0 never.
    patience = models.PositiveSmallIntegerField(_("Days on the stage at most"), default=14)
    required = models.ManyToManyField(Field, blank=True, related_name="+")

    class Meta:
        verbose_name = _("Stage")
        verbose_name_plural = _("Stages")
        ordering = ["option__sort", "option_id"]

    def __str__(self) -> str:
        return self.option.name

    @property
    def is_final(self) -> bool:
        return self.semantics != self.Semantics.PROCESS


class StageMove(models.Model):
    """An item came to a stage: it was made there, or moved from another."""

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="stage_moves")
    #: None when the item was made.
    from_stage = models.ForeignKey(Stage, null=True, on_delete=models.SET_NULL, related_name="+")
    to_stage = models.ForeignKey(Stage, null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Move between stages")
        verbose_name_plural = _("Moves between stages")
        ordering = ["-id"]
        indexes = [models.Index(fields=["element", "-id"], name="stage_move_recent")]
