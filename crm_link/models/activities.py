"""What somebody is to do, or has done, about a CRM item."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.models import Element


def no_minutes() -> list[int]:
    return []


class Activity(models.Model):
    """A call, a meeting, a letter, a task or a to-do. Whoever reads the item reads it.

    `next_at` is when it is to be looked after next: a reminder or the deadline, whichever comes
    first; `told_until` the moment up to which everything was told.
    """

    class Kind(models.TextChoices):
        CALL = "call", pgettext_lazy("activity", "Call")
        MEETING = "meeting", pgettext_lazy("activity", "Meeting")
        TASK = "task", pgettext_lazy("activity", "Task")
        EMAIL = "email", pgettext_lazy("activity", "E-mail")
        DEED = "todo", pgettext_lazy("activity", "To do")

    class Priority(models.IntegerChoices):
        LOW = 1, pgettext_lazy("priority", "Low")
        NORMAL = 2, pgettext_lazy("priority", "Normal")
        HIGH = 3, pgettext_lazy("priority", "High")

    class Direction(models.TextChoices):
        INCOMING = "in", _("Incoming")
        OUTGOING = "out", _("Outgoing")

    element = models.ForeignKey(
        Element, on_delete=models.CASCADE, related_name="activities", db_index=False
    )
    #: With whom, of those whom the item links to.
    contact = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.DEED)
    subject = models.CharField(pgettext_lazy("activity", "Subject"), max_length=300)
    description = models.TextField(_("Description"), blank=True)
    deadline = models.DateTimeField(_("Deadline"), null=True, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="activities"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Id of the process that set it, which stands in for the author's own hand.
    process_id = models.BigIntegerField(null=True, editable=False)
    priority = models.PositiveSmallIntegerField(
        _("Priority"), choices=Priority, default=Priority.NORMAL
    )
    #: Minutes before the deadline.
    reminders = ArrayField(models.PositiveIntegerField(), default=no_minutes)
    direction = models.CharField(_("Direction"), max_length=3, choices=Direction, blank=True)
    duration = models.PositiveIntegerField(_("Duration, seconds"), null=True, blank=True)
    recording_url = models.URLField(_("Recording"), max_length=1000, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    result = models.TextField(_("Result"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    next_at = models.DateTimeField(null=True, editable=False)
    told_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Activity")
        verbose_name_plural = _("Activities")
        ordering = ["deadline", "pk"]
        indexes = [
            models.Index(fields=["element", "-done_at"], name="activity_of_element"),
            models.Index(
                fields=["responsible", "deadline"],
                name="activity_open",
                condition=Q(done_at=None),
            ),
            models.Index(
                fields=["next_at"], name="activity_due", condition=Q(next_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    def is_late(self, now: datetime) -> bool:
        return self.is_open and self.deadline is not None and self.deadline < now
