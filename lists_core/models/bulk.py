"""What a change of many elements did with each of them: its report, and the ground of its undo."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models.jobs import Job


class BulkLine(models.Model):
    """One element of one bulk change; those that already stood as asked have none.

    The rows that an import refused wait here, too, under their numbers in the file, until the
    import is over (`services/imports_refused.py`).

    `version` is what the element stood at right after the change, `made` the copy that came of
    it. The element is named by its bare id: it may be gone for good before its line is.
    """

    class Outcome(models.TextChoices):
        CHANGED = "changed", _("Changed")
        PARTLY = "partly", _("Changed in part")
        MEANWHILE = "meanwhile", _("Changed by someone meanwhile")
        NO_RIGHT = "no_right", _("No right")
        NOT_FOUND = "not_found", _("Not found")
        REFUSED = "refused", _("Refused by a rule")
        INVALID = "invalid", _("The value does not fit")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines", db_index=False)
    element_id = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    version = models.PositiveIntegerField(null=True)
    made = models.BigIntegerField(null=True)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Line of a bulk change")
        verbose_name_plural = _("Lines of bulk changes")
        ordering = ["element_id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "element_id"], name="bulk_line_once"),
        ]
