"""The forms of the desk's dialogs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lists_core.field_types.employee import SUGGEST, People
from lists_core.field_types.pickers import PickerField
from openlines.models import Conversation, LineMember
from staff.models import Employee


class TransferForm(forms.Form):
    """To whom; nobody is the queue."""

    employee = forms.TypedChoiceField(
        label=_("To whom"), coerce=int, empty_value=None, required=False
    )

    def __init__(
        self, *args: Any, conversation: Conversation, actor: Employee, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        members = LineMember.objects.filter(line=conversation.line, employee__is_active=True)
        rows = members.exclude(employee=actor).select_related("employee")
        people = [(one.employee_id, str(one.employee)) for one in rows]
        self.fields["employee"].choices = [("", _("Back into the queue")), *people]  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Anybody of the portal."""

    employee = PickerField(SUGGEST, People(), required=True)

    def __init__(self, *args: Any, actor: Employee, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["employee"].label = _("Whom to invite")
        self.fields["employee"].for_actor(actor)  # type: ignore[attr-defined]
