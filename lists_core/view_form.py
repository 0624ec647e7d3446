"""The form of a saved view: its name, who else sees it, whether the list opens with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from lists_core.services.views import MAX_NAME
from staff.subject_picker import SubjectsField
from svod.base.forms import DomainFormMixin


class ViewForm(DomainFormMixin, forms.Form):
    """`default` is asked of those alone who have full access to the list (`manages`)."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_NAME,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    readers = SubjectsField(
        label=gettext_lazy("Who else sees the view"),
        required=False,
        help_text=gettext_lazy("Each of them sees in it only what they may read in the list."),
    )
    default = forms.BooleanField(
        label=gettext_lazy("The list opens with this view for everybody"), required=False
    )

    def __init__(self, *args: Any, manages: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "view-%s", **kwargs})
        if not manages:
            del self.fields["default"]
