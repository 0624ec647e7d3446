"""The period of a line's statistics."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openlines.selectors.line_statistics import Period
from svod.base.dates import asked_day

USUAL = timedelta(days=29)
LONGEST = timedelta(days=366)
DATE = {"type": "date"}


class PeriodForm(forms.Form):
    """What does not fit is left out: the statistics are drawn all the same."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d")
    )
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.full_clean()

    @property
    def dates(self) -> tuple[date, date]:
        """The first and the last day; a year at most."""
        until = self._date("until", timezone.localdate())
        since = min(self._date("since", until - USUAL), until)
        return max(since, until - LONGEST), until

    @property
    def period(self) -> Period:
        since, until = self.dates
        return Period(_midnight(since), _midnight(until + timedelta(days=1)))

    def _date(self, name: str, usual: date) -> date:
        return asked_day(self.cleaned_data.get(name), usual)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
