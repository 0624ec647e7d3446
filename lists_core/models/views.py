"""Saved views: states of a list's table that have a name."""

from __future__ import annotations

import builtins

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.models.lists import List


def nobody() -> builtins.list[int]:
    return []


def nothing() -> dict[str, str]:
    return {}


class ListView(models.Model):
    """One view of a list. `state` holds parameters of a grid's address by their names, all that
    they do not name is as usual: `{"filter": "{…}", "sort": "-PRICE", "columns": "NAME,PRICE",
    "widths": "NAME:300", "pinned": "NAME", "height": "tall", "size": "100"}`.

    `readers` are those with whom the owner shares it: employee ids, group ids as negatives. The
    default view of a list (`List.default_view`) shows to everybody who sees the list. Neither
    gives anybody a right: parts about what a person may not know are left out for them.
    """

    class Kind(models.TextChoices):
        PERSONAL = "personal", pgettext_lazy("view", "Personal")
        SHARED = "shared", _("Shared")
        DEFAULT = "default", _("For everybody")

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(_("Name"), max_length=100)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("Owner"),
    )
    state = models.JSONField(_("State"), default=nothing)
    readers = ArrayField(models.IntegerField(), default=nobody, blank=True)
    sort = models.IntegerField(_("Sort"), default=500)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("View of a list")
        verbose_name_plural = _("Views of lists")
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_default(self) -> bool:
        return self.list.default_view_id == self.pk

    @property
    def kind(self) -> ListView.Kind:
        if self.is_default:
            return self.Kind.DEFAULT
        return self.Kind.SHARED if self.readers else self.Kind.PERSONAL

    @property
    def kind_label(self) -> str | Promise:
        return self.kind.label
