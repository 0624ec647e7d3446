"""The forms of activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.models import Activity
from lists_core.field_types.datetime import MomentField
from staff.models import Employee
from staff.widgets import PersonSelect
from svod.base.forms import DomainFormMixin

Kind = Activity.Kind
REMINDERS = [
    (0, _("At the deadline")),
    (15, _("15 minutes before")),
    (60, _("An hour before")),
    (60 * 24, _("A day before")),
]
#: Fields that only some kinds have.
ONLY = {"direction": {Kind.CALL}, "minutes": {Kind.CALL, Kind.MEETING},
        "recording_url": {Kind.CALL}}  # fmt: skip
DONE = {"result", "minutes", "recording_url"}


class ActivityForm(DomainFormMixin, forms.Form):
    """`logged` asks about what was done already, else about what is to be done."""

    use_required_attribute = False

    subject = forms.CharField(label=pgettext_lazy("activity", "Subject"), max_length=300)
    direction = forms.ChoiceField(
        label=_("Direction"), required=False,
        choices=[("", "—"), *Activity.Direction.choices],
    )  # fmt: skip
    deadline = MomentField(required=False)
    responsible = forms.ModelChoiceField(
        label=_("Responsible"), queryset=Employee.objects.filter(is_active=True),
        widget=PersonSelect,
    )  # fmt: skip
    contact = forms.TypedChoiceField(
        label=_("Contact"), required=False, coerce=int, empty_value=None
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=Activity.Priority.choices,
        initial=Activity.Priority.NORMAL,
    )  # fmt: skip
    reminders = forms.TypedMultipleChoiceField(
        label=_("Remind"), required=False, coerce=int, choices=REMINDERS[1:],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Duration, minutes"), required=False, min_value=0, max_value=10_000
    )
    recording_url = forms.URLField(
        label=_("Link to the recording"), required=False, max_length=1000, assume_scheme="https"
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=10_000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    result = forms.CharField(
        label=_("Result"), required=False, max_length=10_000, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, kind: str, logged: bool, contacts: Mapping[int, str],
        initial: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(data, initial=dict(initial))
        self.auto_id = "activity_%s"  # the dialog lies over the card with its own forms
        self.fields["deadline"].label = _("When it was") if logged else _("Deadline")
        self.fields["contact"].choices = [("", "—"), *contacts.items()]  # type: ignore[attr-defined]
        dropped = {name for name, kinds in ONLY.items() if kind not in kinds}
        dropped |= {"reminders", "priority"} if logged else DONE
        dropped |= set() if contacts else {"contact"}
        for name in dropped:
            del self.fields[name]

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes; only what the form asked."""
        given = dict(self.cleaned_data)
        given.pop("version", None)
        responsible = given.pop("responsible")
        given["responsible_id"] = responsible.pk
        if "contact" in given:
            given["contact_id"] = given.pop("contact")
        if "minutes" in given:
            minutes = given.pop("minutes")
            given["duration"] = None if minutes is None else minutes * 60
        return given


def initial_of(row: Activity) -> dict[str, Any]:
    return {
        "subject": row.subject,
        "direction": row.direction,
        "deadline": row.deadline,
        "responsible": row.responsible_id,
        "contact": row.contact_id,
        "priority": row.priority,
        "reminders": row.reminders,
        "minutes": None if row.duration is None else row.duration // 60,
        "recording_url": row.recording_url,
        "description": row.description,
        "result": row.result,
        "version": row.version,
    }
