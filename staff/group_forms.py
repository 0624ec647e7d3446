"""Forms about groups of employees."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.forms import person_field
from staff.models import Employee
from svod.base.forms import DomainFormMixin


class GroupForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MemberForm(DomainFormMixin, forms.Form):
    """One person to put into a group."""

    use_required_attribute = False  # an empty picker would be shown as wrong at once

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Employee.objects.filter(is_active=True)
        self.fields["person"] = person_field(label=_("Employee"), people=people)
        self.fields["person"].required = True
