"""The control that says in whose name a web form or the telephony works."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from lists_core.field_types.controls import show_to
from lists_core.field_types.employee import SUGGEST, People
from lists_core.field_types.pickers import PickerField
from staff.models import Employee


def owner_field(owner: Employee, actor: Employee) -> forms.Field:
    """Anybody for an administrator; for others who it is now, and themselves. Gives an id."""
    control = _anybody(actor) if actor.is_superuser else _one_of(owner, actor)
    control.label, control.initial = _("Works in the name of"), owner.pk
    control.help_text = _("It reads and writes with the rights of this employee.")
    return control


def _anybody(actor: Employee) -> forms.Field:
    control = PickerField(SUGGEST, People(), required=True)
    show_to(control, actor)
    return control


def _one_of(owner: Employee, actor: Employee) -> Any:
    people = {owner.pk: str(owner), actor.pk: str(actor)}
    return forms.TypedChoiceField(coerce=int, choices=list(people.items()))


def chosen_owner(pk: int) -> Employee:
    """Raises ValidationError for nobody."""
    found = Employee.objects.filter(pk=pk).first()
    if found is None:
        raise forms.ValidationError(_("Choose an active employee."))
    return found
