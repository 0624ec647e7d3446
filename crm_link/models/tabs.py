"""How administrators arranged the tabs of cards, and what cards tell of the lists in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lists_core.models import Field, FieldOption, List


class CardTabSetting(models.Model):
    """A tab's place in the cards of a kind; those without one keep their own order behind."""

    #: Slug of the kind.
    kind = models.CharField(max_length=20)
    #: Slug of the tab: `history`, `list-5`.
    tab = models.CharField(max_length=60)
    place = models.PositiveSmallIntegerField(default=0)
    hidden = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Place of a tab")
        verbose_name_plural = _("Places of tabs")
        ordering = ["kind", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "tab"], name="card_tab_setting_unique")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.tab}"


class TabFigure(models.Model):
    """A number that the card tells of the elements of a list that belong to the item.

    `measure` is a slug of `crm_link.figures`; `field` what is measured, `option` what is counted
    of a choice.
    """

    kind = models.CharField(max_length=20)
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    measure = models.CharField(max_length=20)
    field = models.ForeignKey(Field, null=True, on_delete=models.CASCADE, related_name="+")
    option = models.ForeignKey(FieldOption, null=True, on_delete=models.CASCADE, related_name="+")
    #: Empty: a name made of the measure and the field.
    label = models.CharField(max_length=100, blank=True)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("Figure of a card")
        verbose_name_plural = _("Figures of cards")
        ordering = ["kind", "list", "place", "pk"]
        indexes = [models.Index(fields=["kind", "list"], name="tab_figure_of_kind")]

    def __str__(self) -> str:
        return self.label or self.measure
