"""Changes of a field's type that can still be taken back."""

from __future__ import annotations

from django.conf import settings as project
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models.lists import Field


class TypeChange(models.Model):
    """What a field was before its type changed; the old columns stay until confirmed.

    `misfits` counts the elements whose value did not fit the new type and stands empty.
    """

    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="type_changes")
    type = models.CharField(_("Old type"), max_length=40)
    column = models.CharField(max_length=40)
    multiple = models.BooleanField()
    unique = models.BooleanField()
    default = models.JSONField(null=True)
    settings = models.JSONField(default=dict)
    misfits = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(
        project.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Change of type")
        verbose_name_plural = _("Changes of type")
        ordering = ["-id"]
