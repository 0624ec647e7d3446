"""What is sold in a deal or asked for in a lead."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models import Element, Field, List

NOT_NEGATIVE = [MinValueValidator(Decimal(0))]
PERCENT = [*NOT_NEGATIVE, MaxValueValidator(Decimal(100))]


class ProductRow(models.Model):
    """One line; the currency is that of the item's amount. Sums are worked out in
    `crm_link.products`, never stored."""

    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="products")
    sort = models.PositiveIntegerField(default=0)
    name = models.CharField(_("Product"), max_length=300)
    #: An element of the list of products, if the line was taken from there.
    product = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    quantity = models.DecimalField(
        _("Quantity"), max_digits=15, decimal_places=4, default=1, validators=NOT_NEGATIVE
    )
    unit = models.CharField(_("Unit"), max_length=20, blank=True)
    price = models.DecimalField(
        _("Price"), max_digits=18, decimal_places=2, default=0, validators=NOT_NEGATIVE
    )
    #: One of the two: percent of the price, or a sum off each unit's price.
    discount_percent = models.DecimalField(
        _("Discount, %"), max_digits=5, decimal_places=2, default=0, validators=PERCENT
    )
    discount_sum = models.DecimalField(
        _("Discount"), max_digits=18, decimal_places=2, default=0, validators=NOT_NEGATIVE
    )
    #: None is "without tax", which is not the same as a rate of nought.
    tax_rate = models.DecimalField(
        _("Tax, %"), max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    tax_included = models.BooleanField(_("Tax is in the price"), default=True)

    class Meta:
        verbose_name = _("Product row")
        verbose_name_plural = _("Product rows")
        ordering = ["sort", "pk"]

    def __str__(self) -> str:
        return self.name


class Catalogue(models.Model):
    """Which list rows of products are taken from: one row, or none."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    price = models.ForeignKey(
        Field, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    unit = models.ForeignKey(
        Field, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("List of products")
        verbose_name_plural = _("List of products")

    def __str__(self) -> str:
        return str(self.list)
