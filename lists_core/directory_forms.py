"""The form that asks what a value is to be replaced with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.element import SEARCH, LinkedElements
from lists_core.field_types.pickers import PickerField
from lists_core.field_types.section import SectionTree
from lists_core.selectors.linking import ELEMENT
from staff.models import Employee
from svod.base.forms import DomainFormMixin

REPLACE, EMPTY = "replace", "empty"


class ReplaceForm(DomainFormMixin, forms.Form):
    """`new` is the id of the replacement, None to empty the links; `delete` whether the old
    value goes then."""

    how = forms.ChoiceField(
        label=_("What becomes of the links"),
        choices=[(REPLACE, _("Put another value in its place")), (EMPTY, _("Empty the fields"))],
        initial=REPLACE,
        required=False,
        widget=forms.RadioSelect,
    )
    delete = forms.BooleanField(label=_("Then delete the old value"), required=False, initial=True)

    def __init__(
        self, data: Any = None, *, list_id: int, kind: str, may_empty: bool, actor: Employee
    ) -> None:
        super().__init__(data)
        source: Any = LinkedElements(list_id, SEARCH) if kind == ELEMENT else SectionTree(list_id)
        url = reverse("element_suggest", args=[list_id]) if kind == ELEMENT else ""
        new = PickerField(url, source, required=False)
        new.label = _("Replace with")
        new.for_actor(actor)
        self.fields["new"] = new
        if not may_empty:
            del self.fields["how"]
        self.order_fields(["how", "new", "delete"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("how") == EMPTY:
            given["new"] = None
        elif given.get("new") is None and "new" not in self.errors:
            self.add_error("new", _("Choose what replaces it."))
        return given
