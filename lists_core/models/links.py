"""Links that were changed because what they pointed to was deleted: the ground of their return."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models.elements import Element
from lists_core.models.lists import List


class LinkChange(models.Model):
    """One link of one element that was taken from `target`, which has since gone to the bin.

    What it was before stands in the history: version `version` of the element, column stem
    `key`. When the target comes back, a link that nobody touched since is given back.
    """

    target = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+")
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    #: The bare id of the element that links: it may be gone for good before its target is.
    element_id = models.BigIntegerField()
    key = models.CharField(max_length=40)
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("Changed link")
        verbose_name_plural = _("Changed links")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.element_id} {self.key}"
