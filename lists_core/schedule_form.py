"""Forms of saved mappings and scheduled imports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.models import ImportSchedule, List
from lists_core.selectors.import_mappings import mappings_of
from svod.base.forms import DomainFormMixin


class MappingNameForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)


class ScheduleForm(DomainFormMixin, forms.Form):
    """`row` is None for a new one; the mapping of one that there is may stay as it is."""

    url = forms.CharField(
        label=gettext_lazy("Address of the file"),
        max_length=2000,
        help_text=gettext_lazy("CSV or XLSX by http or https. Inner networks are not called."),
        widget=forms.TextInput({"inputmode": "url", "placeholder": "https://"}),
    )
    mapping = forms.TypedChoiceField(
        label=gettext_lazy("Mapping"),
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy(
            "One with a key. It is copied: choose it again after you have changed it."
        ),
    )
    every = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=ImportSchedule.Every.choices, initial="day"
    )

    def __init__(self, *args: Any, list_: List, row: ImportSchedule | None = None, **kw: Any):
        if row:
            kw["initial"] = {"url": row.url, "every": row.every}
        super().__init__(*args, **kw)
        fitting = [one for one in mappings_of(list_) if one.choices["mode"] != "add"]
        kept = _("As now: %(name)s") % {"name": row.mapping_name} if row else "—"
        choices = [("", kept), *((one.pk, one.name) for one in fitting)]
        self.fields["mapping"].choices = choices  # type: ignore[attr-defined]
        self.fields["mapping"].required = row is None
        self.can_be_filled = bool(fitting or row)
