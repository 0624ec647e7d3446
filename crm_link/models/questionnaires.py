"""Questionnaires: what has to be known of an item before it goes on from a stage.

A question is a field of the kind's list, so an answer is a value of the item like any other.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.models.stages import Stage
from lists_core.models import Element, Field, List
from workflows.models import Instance, Template

MOST_HOURS = MaxValueValidator(2000)


class Questionnaire(models.Model):
    """Asked of whoever answers for an item when it comes to `stage`. Hours are working ones."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="questionnaires")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="questionnaires")
    name = models.CharField(_("Name"), max_length=200)
    deadline = models.PositiveSmallIntegerField(
        _("Time to fill it in, working hours"), default=16, validators=[MOST_HOURS]
    )
    remind = models.PositiveSmallIntegerField(
        _("Remind before the deadline, working hours"), default=4, validators=[MOST_HOURS]
    )
    escalate = models.PositiveSmallIntegerField(
        _("Hand it to the head after the deadline, working hours"),
        default=8,
        validators=[MOST_HOURS],
    )
    gated = models.BooleanField(
        _("The item goes on only when all required questions are answered"), default=True
    )
    is_on = models.BooleanField(_("The questionnaire is asked"), default=True)
    #: The process that asks it; people may change it in the designer.
    template = models.ForeignKey(
        Template, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("Questionnaire")
        verbose_name_plural = _("Questionnaires")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class QuestionGroup(models.Model):
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="groups"
    )
    name = models.CharField(_("Name"), max_length=200, blank=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    group = models.ForeignKey(QuestionGroup, on_delete=models.CASCADE, related_name="questions")
    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+")
    #: Belongs to the minimal set.
    required = models.BooleanField(_("Required"), default=False)
    sort = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sort", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "field"], name="question_once_a_group")
        ]

    def __str__(self) -> str:
        return self.field.name


class Asking(models.Model):
    """One time a questionnaire was asked: a visit of an item to the stage. For the report."""

    class Outcome(models.TextChoices):
        OPEN = "open", pgettext_lazy("questionnaire", "Being filled in")
        FULL = "full", pgettext_lazy("questionnaire", "Filled in")
        LEFT = "left", pgettext_lazy("questionnaire", "Left without it")

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="askings"
    )
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="askings")
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="askings")
    #: Who answered for the item when it was asked, and later when that changed.
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    came_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=4, choices=Outcome, default=Outcome.OPEN)
    #: Working time from coming to the end, in minutes.
    minutes = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("questionnaire", "Asking")
        verbose_name_plural = pgettext_lazy("questionnaire", "Askings")
        ordering = ["-came_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["instance", "questionnaire"], name="asking_once")
        ]
        indexes = [models.Index(fields=["element"], name="asking_element"),
                   models.Index(fields=["came_at"], name="asking_period")]  # fmt: skip

    @property
    def is_late(self) -> bool:
        """Whether it ended after its deadline."""
        return self.ended_at is not None and self.ended_at > self.due_at
