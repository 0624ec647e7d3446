"""The form of the telephony's settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_link.models import Telephony
from crm_link.owner_field import chosen_owner, owner_field
from crm_link.requisite_forms import ValuesForm
from lists_core.field_types.controls import show_to
from lists_core.field_types.employee import SUGGEST, People
from lists_core.field_types.pickers import PickerField
from staff.models import Employee


class TelephonyForm(ValuesForm):
    """`numbers` is a text of lines `101 anna@firm.example`."""

    make_leads = forms.BooleanField(
        label=gettext_lazy("Make a lead of an unknown incoming call"), required=False
    )
    call_back_minutes = forms.IntegerField(
        label=gettext_lazy("Call back after a missed call within, minutes"),
        min_value=1, max_value=1440,
    )  # fmt: skip
    desk = forms.CharField(
        label=gettext_lazy("Numbers on the desks"),
        required=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line: the number and the employee's e-mail, “101 anna@firm.example”."
        ),
    )

    def __init__(self, row: Telephony, actor: Employee, data: Any = None) -> None:
        people = Employee.objects.in_bulk(list(row.numbers.values())) if row.numbers else {}
        lines = [f"{one} {people[pk].email}" for one, pk in row.numbers.items() if pk in people]
        super().__init__(
            data,
            initial={
                "make_leads": row.make_leads,
                "call_back_minutes": row.call_back_minutes,
                "responsible": row.responsible_id,
                "desk": "\n".join(lines),
            },
        )
        control = PickerField(SUGGEST, People(), required=False)
        control.label = str(_("Responsible for unknown callers"))
        show_to(control, actor)
        self.fields["responsible"] = control
        if row.token_hash and row.owner:
            self.fields["owner"] = owner_field(row.owner, actor)
        self.order_fields(["owner", "make_leads", "responsible", "call_back_minutes", "desk"])

    def clean_responsible(self) -> Employee | None:
        pk = self.cleaned_data["responsible"]
        found = Employee.objects.filter(pk=pk, is_active=True).first() if pk else None
        if pk and found is None:
            raise forms.ValidationError(_("Choose an active employee."))
        return found

    def clean_owner(self) -> Employee:
        return chosen_owner(self.cleaned_data["owner"])

    def clean_desk(self) -> dict[str, int]:
        lines = [line.split() for line in self.cleaned_data["desk"].splitlines() if line.strip()]
        if any(len(line) != 2 for line in lines):  # noqa: PLR2004 - a number and an address
            raise forms.ValidationError(_("One a line: the number and the employee's e-mail."))
        emails = {email.lower() for _number, email in lines}
        rows = Employee.objects.filter(email__in=emails, is_active=True)
        known = {row.email.lower(): row.pk for row in rows}
        missing = sorted(emails - known.keys())
        if missing:
            told = _("There is no employee with the address %(email)s.")
            raise forms.ValidationError(told % {"email": missing[0]})
        return {number[:20]: known[email.lower()] for number, email in lines}

    @property
    def values(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("make_leads", "responsible", "call_back_minutes")
        }

    @property
    def owner(self) -> Employee | None:
        """None where no exchange has a token."""
        return self.cleaned_data.get("owner")

    @property
    def numbers(self) -> dict[str, int]:
        return dict(self.cleaned_data["desk"])

    def add_domain_errors(self, error: Any) -> None:
        for name, texts in error.errors.items():
            self.add_error(name if name in ("owner", "responsible") else "desk", texts)
