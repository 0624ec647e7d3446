"""A line: who answers, in which order, when, and what is said without a person."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.models import List
from staff.models import WorkCalendar

#: A desk tells every 30 seconds that it is open.
ONLINE = timedelta(seconds=75)


class Line(models.Model):
    """One desk for any number of channels. Minutes are of working time where there is a
    calendar; an empty text is not sent."""

    class Queue(models.TextChoices):
        EVENLY = "evenly", pgettext_lazy("queue", "Evenly")
        STRICTLY = "strictly", pgettext_lazy("queue", "Strictly in order")
        ALL = "all", pgettext_lazy("queue", "To all at once")

    class NoAnswer(models.TextChoices):
        NEXT = "next", _("To the next operator")
        SUPERVISORS = "supervisors", _("Tell the supervisors")

    class Leads(models.TextChoices):
        NEVER = "never", _("Only by hand")
        UNKNOWN = "unknown", _("For unknown customers")
        ALWAYS = "always", _("For every conversation")

    name = models.CharField(_("Name"), max_length=200)
    is_active = models.BooleanField(_("Works"), default=True)
    queue = models.CharField(_("Queue"), max_length=10, choices=Queue.choices, default=Queue.EVENLY)
    #: How many open conversations an operator gets from the queue at most.
    at_once = models.PositiveSmallIntegerField(_("Conversations at once"), default=10)
    only_online = models.BooleanField(_("Only to operators who are online"), default=False)
    #: None works round the clock.
    calendar = models.ForeignKey(
        WorkCalendar,
        verbose_name=_("Working hours"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    greeting = models.TextField(_("Greeting"), blank=True)
    away_text = models.TextField(_("Answer outside working hours"), blank=True)
    no_answer_minutes = models.PositiveIntegerField(_("No answer for, minutes"), default=5)
    no_answer_text = models.TextField(_("What the customer is told then"), blank=True)
    no_answer_to = models.CharField(
        _("And then"), max_length=12, choices=NoAnswer.choices, default=NoAnswer.NEXT
    )
    #: 0 never closes by itself.
    close_after_minutes = models.PositiveIntegerField(_("Close after silence, minutes"), default=0)
    close_text = models.TextField(_("What the customer is told at closing"), blank=True)
    asks_vote = models.BooleanField(_("Ask for a vote"), default=True)
    leads = models.CharField(
        _("Make leads"), max_length=10, choices=Leads.choices, default=Leads.UNKNOWN
    )
    replies = models.ForeignKey(
        List, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: In whose name the line makes leads and keeps files that customers send.
    service_employee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Service employee"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Open line")
        verbose_name_plural = _("Open lines")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class LineMember(models.Model):
    """Somebody of a line. Supervisors see every conversation of it and answer too."""

    class Role(models.TextChoices):
        OPERATOR = "operator", _("Operator")
        SUPERVISOR = "supervisor", _("Supervisor")

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="members")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.OPERATOR)
    sort = models.PositiveIntegerField(default=0)
    #: Gets nothing from the queue until they come back.
    is_paused = models.BooleanField(default=False)
    #: When their desk was last open.
    seen_at = models.DateTimeField(null=True)
    #: When the queue last gave them a conversation: "evenly" goes by it.
    given_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Operator")
        verbose_name_plural = _("Operators")
        ordering = ["sort", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "employee"], name="line_member_unique")
        ]

    def __str__(self) -> str:
        return str(self.employee)

    @property
    def is_online(self) -> bool:
        return self.seen_at is not None and self.seen_at >= timezone.now() - ONLINE
