"""The forms of a section."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right, list_rights
from lists_core.models import List, Section
from lists_core.selectors.sections import section_choices
from staff.models import Employee
from svod.base.forms import DomainFormMixin


class SectionForm(DomainFormMixin, forms.Form):
    """`settings` are what the services take; the place in the tree is `parent`."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    parent = forms.TypedChoiceField(
        label=gettext_lazy("Inside"), coerce=int, empty_value=None, required=False
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=63,
        required=False,
        help_text=gettext_lazy("For import and other programs; may stay empty."),
    )
    sort = forms.IntegerField(
        label=gettext_lazy("Sort"), initial=500, min_value=-1_000_000, max_value=1_000_000
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Employee,
        list_: List,
        section: Section | None = None,
        parent: Any = None,
    ) -> None:
        super().__init__(data, initial=first(section, parent))
        above = section.parent_id if section else None
        places = section_choices(
            list_, actor, right=Right.CHANGE, without=section.pk if section else 0, keep=above
        )
        stands = section is not None and above is None
        may_top = stands or Right.CHANGE in list_rights(actor, list_.pk).list
        top = [("", _("The top of the list"))] if may_top else []
        self.fields["parent"].choices = [*top, *places]  # type: ignore[attr-defined]

    @property
    def settings(self) -> dict[str, Any]:
        known = dict(self.cleaned_data)
        return {"parent_id": known.pop("parent"), **known}


def first(section: Section | None, parent: Any) -> dict[str, Any]:
    """What the form shows before anybody typed."""
    if section is None:
        return {"parent": parent} if parent else {}
    names = ("name", "code", "sort", "description")
    return {"parent": section.parent_id, **{name: getattr(section, name) for name in names}}
