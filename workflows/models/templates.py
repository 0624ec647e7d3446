"""What a process is: its template, the published versions, what starts it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models import List


class Template(models.Model):
    """A process as its designer knows it: a draft, and the versions published from it.

    `subject` is the slug of a kind of subjects (`workflows.subjects`); for elements `list` says
    of which list. `code` is what other processes and exports call it by.
    """

    class RunAs(models.TextChoices):
        STARTER = "starter", _("Whoever started it")
        EMPLOYEE = "employee", _("A service employee")

    code = models.SlugField(_("Code"), max_length=64, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    description = models.TextField(_("Description"), blank=True)
    subject = models.CharField(max_length=20, default="element")
    list = models.ForeignKey(List, null=True, on_delete=models.CASCADE, related_name="templates")
    #: The tree being edited; see `workflows.engine.tree` for its shape.
    draft = models.JSONField(default=dict)
    #: Counts the saves of the draft, so that two designers do not overwrite each other.
    draft_version = models.PositiveIntegerField(default=1)
    active_version = models.ForeignKey(
        "workflows.Version", null=True, on_delete=models.PROTECT, related_name="+"
    )
    run_as = models.CharField(max_length=10, choices=RunAs, default=RunAs.STARTER)
    service_employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The keeper that writes it (`workflows.keepers`); "" for one that people edit.
    kept_by = models.CharField(max_length=20, blank=True, editable=False)
    is_paused = models.BooleanField(default=False)
    pause_reason = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    #: Who saved the draft last.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Process template")
        verbose_name_plural = _("Process templates")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """A published tree; never changed afterwards, for instances stand on it."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    tree = models.JSONField()
    note = models.CharField(max_length=200, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Template version")
        verbose_name_plural = _("Template versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="version_number_unique")
        ]


class Trigger(models.Model):
    """What starts a process by itself. Written anew at every publishing, from the tree."""

    class Event(models.TextChoices):
        CREATED = "created", _("An element was created")
        CHANGED = "changed", _("An element was changed")
        DATE = "date", _("A date in the element comes near")
        SCHEDULE = "schedule", _("By schedule")
        WEBHOOK = "webhook", _("By an incoming webhook")

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="triggers")
    event = models.CharField(max_length=10, choices=Event)
    #: The event's own settings: {"fields": [codes]}, {"cron": …, "each": true}, for dates those
    #: of `workflows.services.date_triggers`; all may have a {"filter": …} of elements.
    settings = models.JSONField(default=dict)
    #: When a schedule comes round, or dates are to be looked at.
    next_at = models.DateTimeField(null=True)
    #: Up to when dates were looked at; null when they never were.
    scanned_to = models.DateTimeField(null=True)
    #: Up to which element the schedule that is due has started; 0 when it begins anew.
    done_to = models.BigIntegerField(default=0)
    #: For webhooks: what the address ends in, hashed.
    secret_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("Trigger")
        verbose_name_plural = _("Triggers")
        indexes = [
            models.Index(
                fields=["next_at"], name="trigger_due", condition=models.Q(next_at__isnull=False)
            )
        ]
