"""Forms of the inbox. They check shapes; what is allowed stands in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms import person_field
from staff.models import Employee
from staff.widgets import ID_DIGITS
from svod.base.forms import DomainFormMixin
from workflows.selectors.tasks import TERMS, Asked, Box
from workflows.task_pages import task_kinds

TERM_LABELS = {
    "": _("Any deadline"),
    "late": _("Late"),
    "today": _("Today"),
    "week": _("In seven days"),
    "later": _("Later"),
    "none": _("Without a deadline"),
}
BOX_LABELS: dict[Box, Any] = {
    "todo": _("To do"),
    "late": _("Overdue"),
    "done": _("Done"),
    "team": _("Of my people"),
    "observed": _("Observed"),
}


class InboxForm(forms.Form):
    """The filters; what does not fit asks for nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    process = forms.TypedChoiceField(
        label=_("Process"), required=False, coerce=int, empty_value=None
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    term = forms.ChoiceField(
        label=_("Deadline"), required=False, choices=[(one, TERM_LABELS[one]) for one in TERMS]
    )

    def __init__(self, data: Any, *, processes: list[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["process"].choices = [("", _("All processes")), *processes]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All kinds")), *task_kinds()]  # type: ignore[attr-defined]
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "placeholder": _("Find a task")}
        )

    def asked(self) -> Asked:
        self.is_valid()
        given = self.cleaned_data
        return Asked(
            text=given.get("q", ""),
            process=given.get("process"),
            kind=given.get("kind", ""),
            term=given.get("term", ""),
        )

    @property
    def is_used(self) -> bool:
        return self.asked() != Asked()


class AnswerForm(DomainFormMixin, forms.Form):
    """The comment to an answer, and which part it is for. Several may stand on one page."""

    part = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"{place}_%s"


class DelegateForm(DomainFormMixin, forms.Form):
    use_required_attribute = False

    part = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "delegate_%s"  # the dialog lies over the drawer with the task's own form
        people = Employee.objects.filter(is_active=True)
        self.fields["to"] = person_field(label=_("Colleague"), people=people)
        self.fields["to"].required = True
        self.order_fields(["to", "comment", "part"])


class TickForm(forms.Form):
    place = forms.IntegerField(min_value=0)
    done = forms.BooleanField(required=False)


class BulkForm(forms.Form):
    """Several tasks at once: `task` is repeated."""

    MOST = 100

    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    comment = forms.CharField(required=False, max_length=10_000)

    def task_ids(self) -> list[int]:
        texts = self.data.getlist("task") if hasattr(self.data, "getlist") else []
        return [int(one) for one in texts if one.isdecimal() and len(one) <= ID_DIGITS][: self.MOST]
