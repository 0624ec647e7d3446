"""A process that runs: where it stands, what wakes it, what it has done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lists_core.models import List
from workflows.models.templates import Version
from workflows.values import ValueEncoder


def no_links() -> list[object]:
    """For `Instance.chain`: inside the class `list` is a field."""
    return []


class Instance(models.Model):
    """One run of a version. `state` is `workflows.engine.state.State` as JSON.

    `running` is never stored while work goes on: it only means that a wake is due.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        WAITING = "waiting", _("Waiting")
        FAILED = "failed", _("Failed")
        SUSPENDED = "suspended", _("Suspended")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (Status.RUNNING, Status.WAITING, Status.FAILED, Status.SUSPENDED)

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="instances")
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    subject = models.CharField(max_length=20, blank=True)
    list = models.ForeignKey(List, null=True, on_delete=models.CASCADE, related_name="+")
    subject_id = models.BigIntegerField(null=True)
    state = models.JSONField(default=dict, encoder=ValueEncoder)
    #: The event that started it: a repeated event starts nothing.
    start_key = models.CharField(max_length=128, null=True, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    #: The parent's step that waits for this instance; "" when nothing waits.
    parent_key = models.CharField(max_length=80, blank=True)
    #: How many processes started one another before this one.
    depth = models.PositiveSmallIntegerField(default=0)
    #: `[template, list, element]` of every process of the chain, this one last.
    chain = models.JSONField(default=no_links)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    run_as = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Process instance")
        verbose_name_plural = _("Process instances")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["list", "subject_id"], name="instance_subject"),
            models.Index(fields=["status"], name="instance_open", condition=Q(finished_at=None)),
            models.Index(fields=["created_at"], name="instance_created"),
            models.Index(
                fields=["finished_at"],
                name="instance_finished",
                condition=Q(finished_at__isnull=False),
            ),
        ]

    @property
    def is_over(self) -> bool:
        return self.status in {self.Status.DONE, self.Status.CANCELLED}


class Wake(models.Model):
    """The engine's only queue: starts, timers, answers, replies and retries are all rows."""

    class Kind(models.TextChoices):
        START = "start"
        GO = "go"
        TIMER = "timer"
        ANSWER = "answer"
        EVENT = "event"
        REPLY = "reply"
        CHILD = "child"
        SKIP = "skip"
        STOP = "stop"

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="wakes")
    due_at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind)
    #: The step that is meant, `step:visit`; a step that was left since then takes no notice.
    key = models.CharField(max_length=80, blank=True)
    payload = models.JSONField(default=dict, encoder=ValueEncoder)
    #: The next step locks what others wait for, so it gets a transaction of its own.
    alone = models.BooleanField(default=False)
    #: Belongs to a failed step and waits for somebody to retry it.
    parked = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="wake_due", condition=Q(parked=False)),
            models.Index(fields=["instance", "key"], name="wake_step"),
            models.Index(fields=["instance"], name="wake_parked", condition=Q(parked=True)),
        ]


class Watch(models.Model):
    """A waiting step that wants to know when its subject changes."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="watches")
    key = models.CharField(max_length=80)
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    subject_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["list", "subject_id"], name="watch_subject"),
            models.Index(fields=["instance", "key"], name="watch_step"),
        ]


class StepLog(models.Model):
    """The journal: each step in and out, answers, failures, repairs. Only ever added to."""

    instance = models.ForeignKey(
        Instance, on_delete=models.CASCADE, related_name="log", db_constraint=False
    )
    step = models.CharField(max_length=40, blank=True)
    visit = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    event = models.CharField(max_length=10)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    data = models.JSONField(default=dict, encoder=ValueEncoder)

    class Meta:
        verbose_name = _("Journal entry")
        verbose_name_plural = _("Journal")
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="log_failures", condition=Q(event="failed"))]
