"""Indexes of lists' tables that make themselves: which are wanted, and how far each one is."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lists_core.models.lists import List


class ListIndex(models.Model):
    """One index that reading a list asked for, or an administrator.

    `column` is a column of `list_<id>`, `kind` says what it answers; the name in the database
    follows from the three. What stands there is the truth, `state` only repeats it.
    """

    class Kind(models.TextChoices):
        UP = "up", _("Filter, and sort from low to high")
        DOWN = "down", _("Sort from high to low")
        ITEMS = "items", _("Filter by any of several values")
        LETTERS = "letters", _("Search for a part of the text")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        BUILDING = "building", _("Being built")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    class Keep(models.TextChoices):
        AUTO = "auto", _("By use")
        PINNED = "pinned", _("Always")
        BARRED = "barred", _("Never")

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="indexes")
    column = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    keep = models.CharField(max_length=10, choices=Keep.choices, default=Keep.AUTO)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    #: When a filter or a sort last wanted it.
    asked_at = models.DateTimeField(default=timezone.now)
    #: Builds that failed one after another, and when the next one may begin.
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    built_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Index of a list")
        verbose_name_plural = _("Indexes of lists")
        ordering = ["list", "column", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["list", "column", "kind"], name="list_index_unique")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the database; of ids and words of this program alone."""
        return f"list_{self.list_id}_{self.column}_{self.kind}"
