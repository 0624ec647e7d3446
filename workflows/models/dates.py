"""Which dates of which elements have started a process already."""

from __future__ import annotations

from django.db import models

from workflows.models.templates import Template


class StartedDate(models.Model):
    """One start by one date of one element: the row is what makes it the only one.

    `rule` is the field, the shift and its direction; `value` the date in ISO form.
    """

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    value = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "rule", "subject_id", "value"], name="started_date_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject_id} {self.value}"
