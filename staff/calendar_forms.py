"""Forms about the working calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from staff.models import CalendarDay, WorkCalendar
from svod.base.forms import DomainFormMixin

CLOCK = {"type": "time"}
AS_USUAL = ("", _("As the week and the holidays have it"))


def clock(label: Any, *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput(CLOCK, format="%H:%M")
    return forms.TimeField(label=label, required=required, widget=widget)


class WeekForm(DomainFormMixin, forms.Form):
    """The week, the hours and whose holidays are kept."""

    country = forms.ChoiceField(
        label=_("Public holidays"), required=False, choices=WorkCalendar.Country.choices
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    opens = clock(_("Working day from"))
    closes = clock(_("Working day until"))
    lunch_from = clock(_("Break from"), required=False)
    lunch_to = clock(_("Break until"), required=False)


class DayForm(DomainFormMixin, forms.Form):
    """What one day is."""

    kind = forms.ChoiceField(
        label=_("This day is"),
        required=False,
        choices=[AS_USUAL, *CalendarDay.Kind.choices],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Why"), required=False, max_length=100,
        help_text=_("For example: moved from 3 January, the firm's anniversary."),
    )  # fmt: skip
