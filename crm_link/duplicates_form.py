"""The form of what becomes of duplicates, one for each kind that is compared."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import LEAD, Kind
from crm_link.models import DuplicateRule, Role
from crm_link.points import EXACT
from svod.base.forms import DomainFormMixin

WAYS = [("", _("Only warn")), ("blocks", _("Do not save"))]
TYPES = [(type_.value, type_.label) for type_ in EXACT]


class DuplicatesForm(DomainFormMixin, forms.Form):
    """`roles` are offered where there are any."""

    way = forms.ChoiceField(
        label=_("When there is such an item already"),
        choices=WAYS,
        required=False,
        widget=forms.RadioSelect,
    )
    by = forms.MultipleChoiceField(
        label=_("The same are those with the same"),
        choices=TYPES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles whose members save all the same"),
        queryset=Role.objects.filter(manages=False),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever may change CRM settings always does."),
    )

    def __init__(self, kind: Kind, rule: DuplicateRule, data: Any = None) -> None:
        roles = [role.pk for role in rule.roles.all()] if rule.pk else []
        start = {"way": "blocks" if rule.blocks else "", "by": rule.by, "roles": roles}
        super().__init__(data, initial=start, prefix=kind.slug)
        self.kind = kind
        if kind == LEAD:
            self.fields["way"].help_text = _("Leads that are finished do not count.")
        if not Role.objects.filter(manages=False).exists():
            del self.fields["roles"]

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes; only after `is_valid`."""
        own = self.cleaned_data
        return {"blocks": bool(own["way"]), "by": own["by"], "roles": own.get("roles", [])}
