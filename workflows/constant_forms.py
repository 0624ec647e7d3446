"""Forms about constants of the portal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.models import Employee
from svod.base.forms import DomainFormMixin
from workflows.models import PortalConstant
from workflows.selectors.constants import field_of, value_of
from workflows.services.constants import constant_kinds


class ConstantForm(DomainFormMixin, forms.Form):
    """What is asked of every constant."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Code"), max_length=40,
        help_text=_("Steps ask for it as {{Portal.code}}."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    description = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea({"rows": 2})
    )


class NewConstantForm(ConstantForm):
    """A new one: its kind stays as it is chosen here."""

    multiple = forms.BooleanField(label=_("Several values"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.slug, one.label) for one in constant_kinds()]
        self.fields["kind"] = forms.ChoiceField(label=_("Type"), choices=choices, initial="string")
        self.order_fields(["name", "code", "kind", "multiple", "description"])


class ValueForm(ConstantForm):
    """An existing one with the control of its kind."""

    def __init__(self, *args: Any, constant: PortalConstant, actor: Employee) -> None:
        initial = {
            "name": constant.name,
            "code": constant.code,
            "description": constant.description,
            "value": value_of(constant),
        }
        data = args[0] if args else None
        super().__init__(data, initial=initial)
        self.fields["value"] = field_of(constant).form_field(required=False, actor=actor)
        self.fields["value"].label = _("Value")
        self.order_fields(["name", "code", "value", "description"])
