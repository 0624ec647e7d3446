"""What CRM and a conversation know of one another."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element
from openlines.models.conversations import Conversation


class Recognition(models.Model):
    """Whether somebody known writes, and the lead that the line made of the conversation.

    The row is begun with the conversation and is work to do while `due_at` is there, so that a
    lead is made once, whatever dies meanwhile. `error` says why the line could make none.
    """

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.CASCADE, related_name="recognition"
    )
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    #: It was looked up and decided; what comes later only completes what was made.
    decided_at = models.DateTimeField(null=True)
    lead = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    #: The lead has been given to the operator who took the conversation.
    is_handed_over = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Recognition of a customer")
        verbose_name_plural = _("Recognition of customers")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="recognition_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}"


class ConversationItem(models.Model):
    """A conversation that is over, in the timeline of a CRM item its customer was linked to."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="items")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("Conversation of a CRM item")
        verbose_name_plural = _("Conversations of CRM items")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "element"], name="conversation_item_unique"
            )
        ]
        indexes = [models.Index(fields=["element", "-at", "-id"], name="conversation_item_recent")]

    def __str__(self) -> str:
        return f"{self.conversation_id} – {self.element_id}"
