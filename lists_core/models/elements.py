"""The registry of elements and what is kept about every write to one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models.lists import List

#: So many elements are written within one transaction by an import, by nothing else so many.
WRITTEN_AT_ONCE = 15_000


class Element(models.Model):
    """One id for each element of any list; whatever points to an element points here.

    The database itself keeps the other columns as they stand in the list's own table, so that
    an author's elements are found without asking every list (`lists_core.schema.registry`).
    """

    # Without a constraint: triggers check it once a statement (decision 006).
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    #: Id of the employee who made it; None while it is in the bin.
    author = models.BigIntegerField(null=True, editable=False)
    section = models.BigIntegerField(null=True, editable=False)
    restricted = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("Element")
        verbose_name_plural = _("Elements")
        db_table = "element"
        indexes = [
            models.Index(
                fields=["author", "list"],
                name="element_author",
                condition=models.Q(author__isnull=False),
            )
        ]
        permissions = [
            ("run_element", "Can run processes on the element"),
            ("access_element", "Can manage access to the element"),
            ("full_element", "Has full access to the element"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ElementVersion(models.Model):
    """One write to an element.

    `changes` maps a column stem (`f12`, `name`) to `[old, new]` in the type's JSON form.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        RESTORED = "restored", _("restored")

    # No index of its own: `element_version_recent` begins with it. Without a constraint, which
    # each imported row would pay for: a version is written in the transaction that writes its
    # element, and goes with it.
    element = models.ForeignKey(
        Element,
        on_delete=models.CASCADE,
        related_name="versions",
        db_constraint=False,
        db_index=False,
    )
    #: Repeated from the element for the list's feed, also without a constraint.
    list = models.ForeignKey(
        List,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    #: Without a constraint, for the same reason.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_constraint=False,
    )
    at = models.DateTimeField()
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Change")
        verbose_name_plural = _("History")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["element", "-id"], name="element_version_recent"),
            models.Index(fields=["list", "id"], name="element_version_feed"),
        ]


class OutboxEvent(models.Model):
    """Something that happened, written in the same transaction as the change itself."""

    topic = models.CharField(max_length=60)
    list = models.ForeignKey(List, null=True, on_delete=models.CASCADE, related_name="+")
    payload = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    #: Whether the processes that it concerns were started.
    handled = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], name="event_new", condition=models.Q(handled=False)),
        ]
