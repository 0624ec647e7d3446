"""Numbers that processes gave out. The numerators themselves are elements of a list."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.models import List
from workflows.models.instances import Instance


class NumeratorList(models.Model):
    """Marks the list whose elements are numerators; its fields have the codes below."""

    list = models.OneToOneField(List, on_delete=models.CASCADE, related_name="numerators")

    LAST, FORMAT, RESET, PERIOD = "LAST", "FORMAT", "RESET", "PERIOD"


class IssuedNumber(models.Model):
    """One number, and which step of which instance took it: proves that there is no gap.

    `step` is `step:visit`. A number taken by a process that was cancelled later stays used.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    numerator_id = models.BigIntegerField()
    period = models.CharField(max_length=10, blank=True)
    value = models.PositiveBigIntegerField()
    text = models.CharField(max_length=200)
    instance = models.ForeignKey(Instance, null=True, on_delete=models.SET_NULL, related_name="+")
    step = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("Issued number")
        verbose_name_plural = _("Issued numbers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "numerator_id", "period", "value"], name="number_unique"
            ),
            models.UniqueConstraint(
                fields=["instance", "step"], name="number_once", condition=~models.Q(step="")
            ),
        ]
