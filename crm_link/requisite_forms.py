"""Forms of requisites, accounts, the parties of a deal and our companies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_link.models import BankAccount, Requisite
from crm_link.requisite_values import ACCOUNT, ASKED, REQUIRED
from crm_link.selectors.requisites import Parties
from lists_core.field_types.controls import show_to
from lists_core.field_types.element import LinkedElements
from lists_core.field_types.pickers import multiple_picker
from lists_core.models import List
from staff.models import Employee
from svod.base.errors import Invalid

HINTS = {
    "basis": _("“Charter”, “power of attorney No. 5 of 01.02.2026”"),
    "document": _("Series and number, by whom and when it was issued"),
}


class ValuesForm(forms.Form):
    """Texts of a model's fields; the services check them, and their errors come back here."""

    def add_domain_errors(self, error: Invalid) -> None:
        for name, texts in error.errors.items():
            self.add_error(name if name in self.fields else None, texts)


class RequisiteForm(ValuesForm):
    """What a payer of this type has."""

    def __init__(self, payer: str, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for name in ASKED[payer]:
            self.fields[name] = _control(Requisite, name)
            self.fields[name].help_text = HINTS.get(name, "")
            # The services ask for it; here it only shows the mark.
            self.fields[name].widget.attrs["aria-required"] = str(name in REQUIRED[payer]).lower()


class AccountForm(ValuesForm):
    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name in ACCOUNT:
            self.fields[name] = _control(BankAccount, name)


def _control(model: Any, name: str) -> forms.Field:
    field = model._meta.get_field(name)
    return forms.CharField(label=field.verbose_name, required=False, strip=True)


class PartiesForm(ValuesForm):
    """Whose requisites a deal goes by."""

    payer = forms.TypedChoiceField(label=_("Payer"), coerce=int, empty_value=None, required=False)
    seller = forms.TypedChoiceField(
        label=_("Our company"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, parties: Parties, data: Any = None) -> None:
        chosen = {
            name: row.pk if row else None
            for name, row in (("payer", parties.payer), ("seller", parties.seller))
        }
        super().__init__(data, initial=chosen)
        open_ = {"payer": parties.payers, "seller": parties.sellers}
        for name, rows in open_.items():
            usual = [] if chosen[name] else [("", "—")]
            texts = [(row.pk, _("%(name)s, INN %(inn)s") % {"name": row, "inn": row.inn})
                     if row.inn else (row.pk, str(row)) for row in rows]  # fmt: skip
            self.fields[name].choices = [*usual, *texts]  # type: ignore[attr-defined]


class OwnCompaniesForm(ValuesForm):
    def __init__(self, list_: List, actor: Employee, chosen: list[int], data: Any = None) -> None:
        super().__init__(data, initial={"companies": chosen})
        url = reverse("element_suggest", args=[list_.pk])
        control = multiple_picker(url, LinkedElements(list_.pk, "search"), required=False)
        control.label = _("Our companies")
        control.help_text = str(_("The first one is meant where a deal names none."))
        show_to(control, actor)
        self.fields["companies"] = control
