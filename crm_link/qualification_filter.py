"""What the report on a questionnaire is asked for: the questionnaire, a period, people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_link.models import Questionnaire
from crm_link.selectors.qualification_report import Period, askers
from staff.models import Employee
from svod.base.dates import asked_day

USUAL = timedelta(days=90)


class FilterForm(forms.Form):
    """What does not fit is left out: the report is drawn all the same."""

    questionnaire = forms.TypedChoiceField(label=_("Questionnaire"), coerce=int, required=False)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    people = forms.TypedMultipleChoiceField(label=_("People"), coerce=int, required=False)

    def __init__(self, data: Any, *, actor: Employee, known: list[Questionnaire]) -> None:
        today = timezone.localdate()
        super().__init__(
            {**data.dict(), "people": data.getlist("people")},
            initial={"since": today - USUAL, "until": today},
        )
        self.known = known
        choices = [(one.pk, f"{one.list.name}: {one.name}") for one in known]
        self.fields["questionnaire"].choices = choices  # type: ignore[attr-defined]
        self.is_valid()  # before the people are known, for whom the questionnaire is needed
        people = [(one.pk, str(one)) for one in askers(actor, self.chosen)] if known else []
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        self.fields["people"].widget.template_name = "components/widgets/select.html"
        self.full_clean()

    @property
    def chosen(self) -> Questionnaire:
        asked = self.cleaned_data.get("questionnaire")
        return next((one for one in self.known if one.pk == asked), self.known[0])

    def _date(self, name: str, usual: date) -> date:
        return asked_day(self.cleaned_data.get(name), usual)

    @property
    def dates(self) -> tuple[date, date]:
        until = self._date("until", timezone.localdate())
        since = self._date("since", until - USUAL)
        return min(since, until), until

    def period(self) -> Period:
        since, until = self.dates
        people = self.cleaned_data.get("people") or []
        return Period(_midnight(since), _midnight(until + timedelta(days=1)), people)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
