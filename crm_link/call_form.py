"""The form in which a call that found no item is given one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_link.field_types.binding_picker import item_picker
from crm_link.kinds import kinds
from staff.models import Employee


class CallPlaceForm(forms.Form):
    """`item` is a `CrmRef`."""

    def __init__(self, actor: Employee, data: Any = None) -> None:
        super().__init__(data)
        picker = item_picker(list(kinds), required=True)
        picker.label = str(_("Item of CRM"))
        picker.for_actor(actor)
        self.fields["item"] = picker
