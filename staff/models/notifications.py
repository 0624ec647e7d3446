"""What people are told by the portal, and how each of them wants to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Delivery(models.TextChoices):
    """How a person is told of a kind of news; all but NONE also show in the portal."""

    PORTAL = "portal", _("In the portal")
    MAIL = "mail", _("In the portal and by e-mail at once")
    DIGEST = "digest", _("In the portal and in the daily letter")
    NONE = "none", _("Not at all")


class Notification(models.Model):
    """One piece of news for one person, and the letter that may go with it.

    `kind` is a slug of staff.notification_kinds, `url` an address of this portal or "".
    `key` is unique for a person: news under a key that they had is no news.
    """

    employee = models.ForeignKey(
        "staff.Employee", on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=30)
    text = models.TextField()
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        "staff.Employee", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.PORTAL)
    #: When the letter is due (again); while it is being sent, when that is given up. Null: never.
    mail_at = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Notification")
        verbose_name_plural = _("Notifications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "key"], name="notification_once", condition=~Q(key="")
            )
        ]
        indexes = [
            models.Index(fields=["employee", "-id"], name="notification_newest"),
            models.Index(
                fields=["employee"], name="notification_unread", condition=Q(read_at=None)
            ),
            models.Index(
                fields=["mail_at"], name="notification_mail", condition=Q(mail_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.text


class NotificationPreference(models.Model):
    """How a person wants to be told of one kind of news, where it is not the kind's own way."""

    employee = models.ForeignKey(
        "staff.Employee", on_delete=models.CASCADE, related_name="notification_preferences"
    )
    kind = models.CharField(max_length=30)
    delivery = models.CharField(max_length=10, choices=Delivery)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["employee", "kind"], name="notification_preference")
        ]
