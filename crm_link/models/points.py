"""Contact points: by what an item is recognised when it comes a second time."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_link.points import MAX_LENGTH, PointType
from lists_core.models import Element, Field


class ContactPoint(models.Model):
    """A telephone, an e-mail address, an INN or a name of an item outside the bin.

    Derived from the item's fields in the transaction of each write (`listeners/points.py`);
    `manage.py fill_contact_points` makes them anew. `field` is where the value stands: who may
    not see it does not find the item by it. None for names and requisites.
    """

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="+")
    field = models.ForeignKey(Field, null=True, on_delete=models.CASCADE, related_name="+")
    #: Slug of the item's kind.
    kind = models.CharField(max_length=20)
    type = models.CharField(max_length=10, choices=PointType.choices)
    value = models.CharField(max_length=MAX_LENGTH)

    class Meta:
        verbose_name = _("Contact point")
        verbose_name_plural = _("Contact points")
        constraints = [
            models.UniqueConstraint(
                fields=["element", "type", "value", "field"],
                nulls_distinct=False,
                name="contact_point_unique",
            )
        ]
        indexes = [
            models.Index(fields=["type", "value", "kind"], name="contact_point_value"),
            GinIndex(
                OpClass("value", name="gin_trgm_ops"),
                name="contact_point_name",
                condition=models.Q(type=PointType.NAME),
            ),
        ]

    def __str__(self) -> str:
        return self.value
