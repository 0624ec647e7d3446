"""Which item became part of which."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element


class MergedItem(models.Model):
    """`loser` went to the bin when its values and links went to `winner`, which is never a
    loser itself: a later merge leads all its losers on."""

    loser = models.OneToOneField(
        Element, primary_key=True, on_delete=models.CASCADE, related_name="merged"
    )
    winner = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="losers")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Merged item")
        verbose_name_plural = _("Merged items")

    def __str__(self) -> str:
        return f"#{self.loser_id} → #{self.winner_id}"
