"""How the card of a kind is laid out."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def no_fields() -> list[int]:
    return []


class CardSection(models.Model):
    """A part of the card with some fields in their order. One hidden section of a kind holds
    the fields that the card does not show; fields that stand nowhere show in the last one."""

    #: Slug of the kind.
    kind = models.CharField(max_length=20)
    name = models.CharField(_("Name"), max_length=100, blank=True)
    sort = models.IntegerField(default=500)
    #: Ids of `lists_core.Field`.
    fields = ArrayField(models.BigIntegerField(), default=no_fields)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Section of the card")
        verbose_name_plural = _("Sections of the card")
        ordering = ["kind", "sort", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_hidden=True), name="card_hidden_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
