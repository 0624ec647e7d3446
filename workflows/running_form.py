"""The filters of the page of running processes, as a form over its address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms import person_field
from staff.models import Employee
from staff.widgets import SearchSelect
from workflows.models import Instance
from workflows.selectors.running import Filters, looked_after, templates_of

STATES = [("", _("All that are not over")), *Instance.Status.choices, ("all", _("All"))]
AGES = [("", _("Any age")), ("1", _("Older than a day")), ("7", _("Older than a week")),
        ("30", _("Older than 30 days")), ("90", _("Older than 90 days"))]  # fmt: skip


class RunningForm(forms.Form):
    """A wrong value is an error beside its control. Owners have one of their lists chosen."""

    status = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    days = forms.TypedChoiceField(
        label=_("Age"), required=False, choices=AGES, coerce=int, empty_value=None
    )

    def __init__(self, data: Any, *, actor: Employee) -> None:
        lists = looked_after(actor)
        given = {name: data.get(name, "") for name in ("status", "days", "list", "template")}
        given["person"] = data.get("person", "")
        if not actor.is_superuser and lists and not given["list"]:
            given["list"] = str(lists[0].pk)
        super().__init__(given)
        self.actor = actor
        self.lists = {one.pk: one for one in lists}
        choices = [(one.pk, one.name) for one in lists]
        whole = [("", _("All lists"))] if actor.is_superuser else []
        self.fields["list"] = forms.TypedChoiceField(
            label=_("List"), required=False, choices=[*whole, *choices], coerce=int,
            empty_value=None, widget=SearchSelect,
        )  # fmt: skip
        chosen = self.lists.get(int(given["list"])) if given["list"].isdecimal() else None
        self.fields["template"] = forms.ModelChoiceField(
            label=_("Process"), required=False, empty_label=_("All processes"),
            queryset=templates_of(actor, chosen), widget=SearchSelect,
        )  # fmt: skip
        self.fields["person"] = person_field(
            label=_("Started by or waiting for"), people=Employee.objects.all()
        )

    def filters(self) -> Filters:
        known = self.cleaned_data
        list_ = self.lists.get(known.get("list") or 0)
        return Filters(**{**known, "list": list_})

    def params(self) -> dict[str, str]:
        """The filters as they go into an address or into a job."""
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name)}

    @property
    def narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("status", "days", "template", "person"))
