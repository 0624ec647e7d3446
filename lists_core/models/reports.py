"""Saved reports, and the dashboards that people put them on."""

from __future__ import annotations

import builtins
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.models.lists import List


def nobody() -> builtins.list[int]:
    return []


def nothing() -> dict[str, Any]:
    return {}


class Report(models.Model):
    """A question about a list. `question` is described in `lists_core.reports.question`.

    `readers` are those with whom the owner shares it: employee ids, group ids as negatives.
    It gives nobody a right: each reader's answer is made of what that reader may see.
    """

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="reports")
    name = models.CharField(_("Name"), max_length=200)
    question = models.JSONField(_("Question"), default=nothing)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("Owner"),
    )
    readers = ArrayField(models.IntegerField(), default=nobody, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("Report")
        verbose_name_plural = _("Reports")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("report", args=[self.pk])


class Dashboard(models.Model):
    """One person's page of reports; the one without an owner is shown to who has none."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("Owner"),
    )

    class Meta:
        verbose_name = _("Dashboard")
        verbose_name_plural = _("Dashboards")
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(owner=None), name="dashboard_one_default"
            )
        ]

    def __str__(self) -> str:
        return str(self.owner or _("Default dashboard"))


class DashboardWidget(models.Model):
    """A report on a dashboard; `width` is in columns of three."""

    class Look(models.TextChoices):
        CHART = "chart", _("Chart")
        TABLE = "table", _("Table")
        NUMBER = "number", _("Number")

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="widgets")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    look = models.CharField(_("Look"), max_length=10, choices=Look.choices, default=Look.CHART)
    width = models.PositiveSmallIntegerField(_("Width"), default=1)
    sort = models.IntegerField(_("Sort"), default=500)

    class Meta:
        verbose_name = _("Widget")
        verbose_name_plural = _("Widgets")
        ordering = ["sort", "pk"]
