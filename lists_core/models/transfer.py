"""Imports that are remembered: what each brought, saved mappings, and files fetched by a clock."""

from __future__ import annotations

import builtins

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.models.jobs import Job
from lists_core.models.lists import List


def no_headings() -> builtins.list[str]:
    return []


class ImportMapping(models.Model):
    """Where the columns of files with these headings go.

    `choices` are an import's parameters (`transfer.spec.ImportSpec`) less the file itself.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="import_mappings")
    name = models.CharField(_("Name"), max_length=100)
    headings = models.JSONField(default=no_headings)
    choices = models.JSONField(default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("Author"),
    )
    modified_at = models.DateTimeField(_("Changed"), auto_now=True)

    class Meta:
        verbose_name = _("Mapping of an import")
        verbose_name_plural = _("Mappings of imports")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["list", "name"], name="import_mapping_name")]

    def __str__(self) -> str:
        return self.name


class ImportSchedule(models.Model):
    """A file that is fetched from an address every so often and imported by a mapping.

    It runs as its owner, with the owner's rights of that moment. So it keeps a copy of the
    mapping as the owner saw it: nobody else decides what is written in the owner's name.
    `state` and `told` are how the last fetch ended, `job` is the job that did it. `sha256` and
    `etag` are those of the last file that landed whole: the same file is not read again.
    """

    class Every(models.TextChoices):
        HOUR = "hour", pgettext_lazy("import", "Every hour")
        DAY = "day", pgettext_lazy("import", "Every day")
        WEEK = "week", pgettext_lazy("import", "Every week")

    class State(models.TextChoices):
        NEVER = "", _("Not fetched yet")
        WORKING = "working", _("At work")
        DONE = "done", _("Imported")
        SAME = "same", _("The file has not changed")
        FAILED = "failed", _("Failed")

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="import_schedules")
    mapping_name = models.CharField(_("Mapping"), max_length=100)
    headings = models.JSONField(default=no_headings)
    choices = models.JSONField(default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("Author"),
    )
    url = models.CharField(_("Address of the file"), max_length=2000)
    every = models.CharField(_("How often"), max_length=5, choices=Every.choices)
    is_on = models.BooleanField(_("On"), default=True)
    next_at = models.DateTimeField(_("Next time"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEVER, blank=True)
    told = models.TextField(blank=True)
    fetched_at = models.DateTimeField(null=True)
    #: Since when it fails; None after a success. The owner is told of the first failure alone.
    failed_since = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    etag = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Scheduled import")
        verbose_name_plural = _("Scheduled imports")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["next_at"], name="import_schedule_due", condition=models.Q(is_on=True)
            )
        ]

    def __str__(self) -> str:
        return self.url

    def get_absolute_url(self) -> str:
        return reverse("list_import_schedules", args=[self.list_id])


class ImportRun(models.Model):
    """One import of a file into a list.

    `identity` is the digest of all that decides which line becomes which element: the file's
    bytes, how they are read and where the columns go. The job is forgotten after a month, this
    stays: an import of the same again passes over the lines that have their element.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="import_run")
    sha256 = models.CharField(max_length=64)
    identity = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["list", "sha256"], name="import_run_file")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ImportBatch(models.Model):
    """Lines `first` to `last` of a file, landed in one transaction with this row.

    Of two workers that would land the same lines the unique key lets one through. `lines` are
    those that became new elements, `elements` what they became, in the same order.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="batches")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    lines = ArrayField(models.IntegerField(), default=list)
    elements = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("Batch of an import")
        verbose_name_plural = _("Batches of imports")
        ordering = ["run_id", "first"]
        constraints = [models.UniqueConstraint(fields=["run", "first"], name="import_batch_once")]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"
