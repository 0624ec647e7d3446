"""What becomes of items that would be there twice."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_link.models.roles import Role
from crm_link.points import EXACT


def by_all() -> list[str]:
    return [type_.value for type_ in EXACT]


class DuplicateRule(models.Model):
    """The setting of one kind; a kind without one only warns.

    `by` are types of contact points (`crm_link.points.EXACT`), `roles` are those whose members
    save duplicates all the same, besides whoever may change CRM's settings.
    """

    kind = models.CharField(max_length=20, unique=True)
    blocks = models.BooleanField(_("Do not save duplicates"), default=False)
    by = ArrayField(models.CharField(max_length=10), default=by_all)
    roles = models.ManyToManyField(Role, related_name="+", blank=True)

    class Meta:
        verbose_name = _("Rule of duplicates")
        verbose_name_plural = _("Rules of duplicates")

    def __str__(self) -> str:
        return self.kind
