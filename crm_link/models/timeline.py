"""What the timeline of an item says that stands nowhere else."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element


class TimelineNote(models.Model):
    """One entry. `kind` is a slug of `crm_link.timeline.notes`, `data` what it needs to be shown
    (JSON): whoever reads the item reads it, so what a field right closes stands here only in a
    kind that names the field."""

    element = models.ForeignKey(
        Element, on_delete=models.CASCADE, related_name="timeline_notes", db_index=False
    )
    kind = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Entry of the timeline")
        verbose_name_plural = _("Entries of the timeline")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["element", "-at", "-id"], name="note_recent")]

    def __str__(self) -> str:
        return self.text[:80] or self.kind
