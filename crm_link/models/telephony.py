"""Calls that a telephone exchange tells of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_link.models.activities import Activity
from lists_core.models import Element


class Telephony(models.Model):
    """The one row of settings. `token_hash` is that of the token which exchanges send; `owner`
    is in whose name items are found, leads made and calls logged."""

    token_hash = models.CharField(max_length=64, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Employee id by the number of the telephone on the desk: {"101": 5}.
    numbers = models.JSONField(default=dict)
    make_leads = models.BooleanField(_("Make a lead of an unknown incoming call"), default=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+", verbose_name=_("Responsible for unknown callers"),
    )  # fmt: skip
    call_back_minutes = models.PositiveSmallIntegerField(
        _("Call back after a missed call within, minutes"), default=30
    )

    class Meta:
        verbose_name = _("Telephony")
        verbose_name_plural = _("Telephony")

    def __str__(self) -> str:
        return str(_("Telephony"))


class PhoneCall(models.Model):
    """One call under the exchange's own number of it; told again, it is the same one."""

    class Result(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        MISSED = "missed", _("Missed")
        BUSY = "busy", _("Busy")
        DECLINED = "declined", _("Declined")
        FAILED = "failed", _("Failed")

    INCOMING = Activity.Direction.INCOMING
    external_id = models.CharField(max_length=100, unique=True)
    direction = models.CharField(max_length=3, choices=Activity.Direction)
    number = models.CharField(max_length=60)
    line = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    duration = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=10, choices=Result)
    recording_url = models.URLField(max_length=1000, blank=True)
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    element = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    activity = models.ForeignKey(Activity, null=True, on_delete=models.SET_NULL, related_name="+")
    call_back = models.ForeignKey(Activity, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("Telephone call")
        verbose_name_plural = _("Telephone calls")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.number}, {self.at:%d.%m.%Y %H:%M}"

    @property
    def is_missed(self) -> bool:
        """Whether somebody waits to be called back."""
        return self.direction == self.INCOMING and self.result != self.Result.ANSWERED

    @property
    def length(self) -> str:
        """`12:05` for twelve minutes and five seconds."""
        return f"{self.duration // 60}:{self.duration % 60:02}"
