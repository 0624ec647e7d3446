"""When people are away, and who answers for them meanwhile."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staff.models.people import Employee


class Absence(models.Model):
    """Whole days, the first and the last among them, by the portal's calendar."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="absences")
    starts = models.DateField(_("From"))
    ends = models.DateField(_("Until"))
    deputy = models.ForeignKey(
        Employee, verbose_name=_("Deputy"), on_delete=models.CASCADE, related_name="deputizes"
    )

    class Meta:
        verbose_name = _("Absence")
        verbose_name_plural = _("Absences")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="absence_order"),
            models.CheckConstraint(condition=~Q(deputy=F("employee")), name="absence_other"),
        ]
        indexes = [models.Index(fields=["deputy", "ends"], name="absence_deputy")]
