"""Who has a list open just now in a shape that follows changes live."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models.lists import List


class ListWatch(models.Model):
    """News of the list's elements are told to this person until the time is over."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("Open page of a list")
        verbose_name_plural = _("Open pages of lists")
        constraints = [
            models.UniqueConstraint(fields=["list", "employee"], name="list_watch_unique")
        ]

    def __str__(self) -> str:
        return f"{self.list_id}: {self.employee_id}"
