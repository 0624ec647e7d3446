"""What was typed in a form of an element and not saved."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models.elements import Element
from lists_core.models.lists import List


class ElementDraft(models.Model):
    """One a person and form: that of an element, or without one that of a new element.

    `values` maps names of the form's controls to lists of texts, as a browser sends them;
    `version` among them is the one that the person saw. Secrets and files are not kept.
    """

    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    element = models.ForeignKey(Element, null=True, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("Draft")
        verbose_name_plural = _("Drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "list", "element"],
                name="element_draft_unique",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.list_id}: {self.employee_id}"
