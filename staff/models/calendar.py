"""Working calendars: on which days and hours people work."""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SATURDAY, LAST_WEEKDAY = 6, 7


def monday_to_friday() -> list[int]:
    return list(range(1, SATURDAY))


class WorkCalendar(models.Model):
    """A working week, the public holidays of a country, and days that differ from both.

    Weekdays are ISO numbers, 1 is Monday. The hours are wall-clock time wherever the person is.
    One calendar is the portal's own; `staff.selectors_calendar` gives it.
    """

    class Country(models.TextChoices):
        RUSSIA = "RU", _("Russia: production calendar")
        NONE = "", _("None: weekdays only")

    name = models.CharField(_("Name"), max_length=100)
    is_default = models.BooleanField(_("Of the whole portal"), default=False)
    country = models.CharField(
        _("Public holidays"), max_length=2, blank=True, choices=Country, default=Country.RUSSIA
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("Working days"), default=monday_to_friday
    )
    opens = models.TimeField(_("Working day from"), default=time(9))
    closes = models.TimeField(_("Working day until"), default=time(18))
    lunch_from = models.TimeField(_("Break from"), null=True, blank=True, default=time(13))
    lunch_to = models.TimeField(_("Break until"), null=True, blank=True, default=time(14))

    class Meta:
        verbose_name = _("Working calendar")
        verbose_name_plural = _("Working calendars")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], name="calendar_one_default", condition=Q(is_default=True)
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A calendar by which nobody ever works would let nothing come due."""
        if not self.weekdays or not set(self.weekdays) <= set(range(1, LAST_WEEKDAY + 1)):
            raise ValidationError({"weekdays": _("Choose at least one working day.")})
        if self.opens >= self.closes:
            raise ValidationError({"closes": _("The working day ends before it begins.")})
        if (self.lunch_from is None) != (self.lunch_to is None):
            raise ValidationError({"lunch_to": _("Enter both the beginning and the end.")})
        if not self._break_fits():
            raise ValidationError({"lunch_to": _("The break must lie within the working day.")})

    def _break_fits(self) -> bool:
        if self.lunch_from is None or self.lunch_to is None:
            return True
        return self.opens < self.lunch_from < self.lunch_to < self.closes


class CalendarDay(models.Model):
    """A day that differs from the week and from the public holidays."""

    class Kind(models.TextChoices):
        WORKING = "working", _("Working day")
        SHORT = "short", _("Working day, an hour shorter")
        OFF = "off", _("Day off")

    calendar = models.ForeignKey(
        WorkCalendar, verbose_name=_("Working calendar"), on_delete=models.CASCADE,
        related_name="days",
    )  # fmt: skip
    date = models.DateField(_("Date"))
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind)
    name = models.CharField(_("Name"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("Day of a calendar")
        verbose_name_plural = _("Days of calendars")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="calendar_day_unique")
        ]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y}"
