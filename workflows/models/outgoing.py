"""What leaves the portal: mail, webhooks, documents made outside the transaction."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.instances import Instance
from workflows.values import ValueEncoder


class Outgoing(models.Model):
    """An effect that no transaction can undo: done at least once, always under the same key."""

    class State(models.TextChoices):
        NEW = "new", _("To be sent")
        DONE = "done", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    #: `instance:step:visit`, which the receiver may use to drop a repeat.
    key = models.CharField(max_length=96, unique=True)
    channel = models.CharField(max_length=20)
    payload = models.JSONField(encoder=ValueEncoder)
    instance = models.ForeignKey(
        Instance, null=True, on_delete=models.CASCADE, related_name="outgoing"
    )
    #: The step that waits for the outcome; "" when nothing waits.
    wake_key = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: When it is to be tried (again); while it is being tried, when that is given up.
    next_at = models.DateTimeField()
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Outgoing message")
        verbose_name_plural = _("Outgoing messages")
        indexes = [
            models.Index(fields=["next_at"], name="outgoing_due", condition=Q(state="new")),
            models.Index(fields=["done_at"], name="outgoing_failed", condition=Q(state="failed")),
        ]
