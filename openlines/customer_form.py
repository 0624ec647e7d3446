"""The forms of the customer beside the chat."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_link.field_types.binding_picker import item_picker
from openlines.models import Customer
from openlines.selectors.customers import LINKED
from staff.models import Employee


class CustomerForm(forms.ModelForm):
    """Lengths and formats are checked by the service, too: it knows more doors than this one."""

    class Meta:
        model = Customer
        fields = ("name", "phone", "email")
        labels = {"name": pgettext_lazy("person", "Name")}
        widgets = {"phone": forms.TextInput({"type": "tel"}), "email": forms.EmailInput}


class LinkForm(forms.Form):
    """A lead, contact or deal that the actor may see."""

    def __init__(self, *args: Any, actor: Employee, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["item"] = item_picker(LINKED, required=True)
        self.fields["item"].label = _("Lead, contact or deal")
        self.fields["item"].for_actor(actor)  # type: ignore[attr-defined]
