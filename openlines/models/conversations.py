"""Customers, conversations and their messages.

Messages of a conversation are numbered without gaps under the lock of its row: a number is an
order, and what came twice is known by the key of its sender.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element, StoredFile
from openlines.models.channels import Channel
from openlines.models.lines import Line


class Customer(models.Model):
    """Whoever writes through a channel, under the id that the channel knows them by."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="customers")
    external_id = models.CharField(max_length=200)
    name = models.CharField(_("Name"), max_length=200, blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    email = models.CharField(_("E-mail"), max_length=254, blank=True)
    #: What the channel tells besides: the page, the language, the nick.
    facts = models.JSONField(default=dict, blank=True)
    lead = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    deal = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="customer_unique")
        ]

    def __str__(self) -> str:
        return self.name or _("Customer %(number)s") % {"number": self.pk}


class Conversation(models.Model):
    """One talk from the first message to the closing; the next message begins another."""

    class State(models.TextChoices):
        QUEUED = "queued", _("In the queue")
        ACTIVE = "active", _("Being answered")
        CLOSED = "closed", _("Closed")

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="conversations")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="conversations")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="conversations")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_seq = models.PositiveIntegerField(default=0)
    customer_read_seq = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    #: The first answer of a person.
    answered_at = models.DateTimeField(null=True)
    #: The customer's oldest message that nobody has answered yet.
    waiting_since = models.DateTimeField(null=True)
    #: When "no answer" is due, and when the silence ends the conversation.
    alarm_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    #: When the next answer is to go out (again); None when nothing waits.
    send_at = models.DateTimeField(null=True)
    send_tries = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: 1 to 5.
    vote = models.PositiveSmallIntegerField(null=True)
    vote_text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Conversation")
        verbose_name_plural = _("Conversations")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=~Q(state="closed"), name="conversation_one_open"
            )
        ]
        indexes = [
            models.Index(
                fields=["line", "operator"],
                condition=~Q(state="closed"),
                name="conversation_open",
            ),
            models.Index(fields=["customer", "-id"], name="conversation_of_customer"),
            models.Index(fields=["line", "opened_at"], name="conversation_of_period"),
            models.Index(
                fields=["send_at"], condition=Q(send_at__isnull=False), name="conversation_to_send"
            ),
            models.Index(
                fields=["alarm_at"], condition=Q(alarm_at__isnull=False), name="conversation_alarm"
            ),
        ]


class Participant(models.Model):
    """An employee in a conversation: who answers it, and whom they invited."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants"
    )
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    read_seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "employee"], name="participant_unique")
        ]
        indexes = [models.Index(fields=["employee", "conversation"], name="participant_of")]


class Message(models.Model):
    """Something said. Notes are for employees alone."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        OPERATOR = "operator", _("Operator")
        AUTO = "auto", _("Automatic answer")
        NOTE = "note", _("Internal note")
        SYSTEM = "system", _("Event")

    class State(models.TextChoices):
        NEW = "new", _("To be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(blank=True)
    #: Of events: what happened, for the words in each reader's language.
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    #: The channel's own id of it, and the key under which a browser sent it.
    external_id = models.CharField(max_length=200, blank=True)
    client_key = models.CharField(max_length=64, blank=True)
    #: The quick reply that it was made of.
    reply = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=6, choices=State.choices, default=State.SENT)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_order"),
            models.UniqueConstraint(
                fields=["conversation", "external_id"],
                condition=~Q(external_id=""),
                name="message_once",
            ),
            models.UniqueConstraint(
                fields=["conversation", "client_key"],
                condition=~Q(client_key=""),
                name="message_sent_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation", "seq"], condition=Q(state="new"), name="message_to_send"
            ),
            # The search of the desk (selectors/inbox.py) asks for `icontains`.
            GinIndex(OpClass(Upper("text"), name="gin_trgm_ops"), name="message_words"),
        ]

    @property
    def for_customer(self) -> bool:
        return self.kind in {self.Kind.CUSTOMER, self.Kind.OPERATOR, self.Kind.AUTO}


class Attachment(models.Model):
    """A file of a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "file"], name="attachment_unique")
        ]
