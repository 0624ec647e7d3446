"""Consolidation: elements of one list that gather elements of another, and follow them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.models import Element, Field, FieldOption, List


class FeedRule(models.Model):
    """Elements of `source` for which `condition` holds are gathered by `keys`; each group is one
    element of `target`.

    `condition` is a filter's tree. `keys` are `{"field": id, "by": slug}`, `mapping` is
    `{"field": id, "how": slug, "into": id}`; the id 0 is the name of the element.
    """

    class Empty(models.TextChoices):
        DELETE = "delete", _("goes to the bin")
        CANCEL = "cancel", _("is marked as cancelled")

    name = models.CharField(_("Name"), max_length=120)
    source = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    condition = models.JSONField(default=dict, blank=True)
    #: Only on stages that mean success; for lists with stages.
    won = models.BooleanField(_("Only won"), default=False)
    keys = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    #: The field of the target that names its sources.
    link = models.ForeignKey(
        Field, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    empty = models.CharField(max_length=10, choices=Empty.choices, default=Empty.DELETE)
    cancel_field = models.ForeignKey(
        Field, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cancel_option = models.ForeignKey(
        FieldOption, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Whose rights it works with; named by an administrator.
    run_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    is_active = models.BooleanField(_("Works"), default=True)
    #: Why it came to a stop, until it works again.
    error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("Consolidation rule")
        verbose_name_plural = _("Consolidation rules")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class FeedGroup(models.Model):
    """One group of a rule and its element; kept when empty, so that the same element comes back
    with what people wrote into it."""

    rule = models.ForeignKey(FeedRule, on_delete=models.CASCADE, related_name="groups")
    #: Of the key's texts, which may be long.
    digest = models.CharField(max_length=64)
    key = models.JSONField(pgettext_lazy("group", "Key"), default=list)
    element = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    #: Whether the rule itself cancelled the element, and what stood in its state before.
    cancelled = models.BooleanField(default=False)
    was = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("Group of a consolidation")
        verbose_name_plural = _("Groups of consolidations")
        constraints = [models.UniqueConstraint(fields=["rule", "digest"], name="feed_group_unique")]


class FeedLink(models.Model):
    """A source stands in a group: at most in one of each rule."""

    rule = models.ForeignKey(FeedRule, on_delete=models.CASCADE, related_name="links")
    source = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(FeedGroup, on_delete=models.CASCADE, related_name="links")

    class Meta:
        verbose_name = _("Source of a consolidation")
        verbose_name_plural = _("Sources of consolidations")
        constraints = [
            models.UniqueConstraint(fields=["rule", "source"], name="feed_source_unique")
        ]


class FeedDue(models.Model):
    """An element of the source list is to be looked at anew. Written with the event's handling;
    the work reads the element as it stands, so order and repeats do not matter."""

    rule = models.ForeignKey(FeedRule, on_delete=models.CASCADE, related_name="due")
    source = models.BigIntegerField()
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Why the last attempt failed; after the last one it waits for a person.
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Work of a consolidation")
        verbose_name_plural = _("Work of consolidations")
        indexes = [models.Index(fields=["rule", "due_at"], name="feed_due")]
