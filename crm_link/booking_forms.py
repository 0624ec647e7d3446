"""The form of a booking rule, for a link field that was chosen before."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_link.models import BookingRule
from crm_link.rule_choices import (
    NONE,
    field_choices,
    filled_choices,
    option_choices,
    state_fields,
    taken_choices,
    whole,
)
from crm_link.services.links import may_link
from lists_core.access import schema_for
from lists_core.models import Field, FieldOption, List
from staff.models import Employee
from svod.base.forms import DomainFormMixin
from workflows.models import DocumentTemplate
from workflows.widgets.rows import RowsField

STATES = ("free", "booked", "sold")


class BookingRuleForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    free = forms.ChoiceField(label=_("Free objects stand at"))
    booked = forms.ChoiceField(label=_("Booked ones at"))
    sold = forms.ChoiceField(label=_("Sold ones at"))
    holder = forms.ChoiceField(
        label=_("Field of the object that keeps the deal"),
        required=False,
        help_text=_("A link to deals or a binding to CRM; the rule fills it."),
    )
    days = forms.IntegerField(
        label=_("A booking holds, days"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("Then it is taken off and the deal's people are told. Empty: without end."),
    )
    keeps_link = forms.BooleanField(
        label=_("A lost deal keeps its object written in it"),
        required=False,
        help_text=_("The object becomes free either way."),
    )
    shown = forms.MultipleChoiceField(
        label=_("Shown where an object is chosen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    documents = forms.MultipleChoiceField(
        label=_("Documents made on booking"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    documents_field = forms.ChoiceField(
        label=_("Field of the deal for the documents"), required=False
    )
    is_active = forms.BooleanField(label=_("Works"), required=False, initial=True)

    def __init__(
        self, data: Any, *, link: Field, target: List, actor: Employee, rule: BookingRule | None
    ) -> None:
        self.link, self.target, self.rule = link, target, rule
        super().__init__(data, initial=_initial(rule) if rule else None)
        objects, deals = schema_for(actor, target), schema_for(actor, link.list)
        options = option_choices(objects)
        for name in STATES:
            self._field(name).choices = options
        linking = [one for one in objects.fields if may_link(one, link.list)]
        self._field("holder").choices = [NONE, *field_choices(linking)]
        self._field("shown").choices = taken_choices(objects)[2:]
        files = [one for one in deals.fields if one.type.slug == "file"]
        self._field("documents_field").choices = [NONE, *field_choices(files)]
        self._field("documents").choices = _templates(link.list, target)
        columns = {
            "source": forms.ChoiceField(label=_("Of the object"), choices=taken_choices(objects)),
            "into": forms.ChoiceField(label=_("Into the deal"), choices=filled_choices(deals)),
        }
        columns["source"].choices = [NONE, *taken_choices(objects)[2:]]
        columns["into"].choices = [NONE, *filled_choices(deals)[2:]]
        self.fields["copies"] = RowsField(columns, add=_("Add a field"))
        self.fields["copies"].label = _("Data of the object that go into the deal")
        self.has_states = bool(state_fields(objects))

    def _field(self, name: str) -> Any:
        return self.fields[name]

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes; only after `is_valid`."""
        own = self.cleaned_data
        options = {name: FieldOption.objects.get(pk=own[name]) for name in STATES}
        pairs = [(whole(row.get("source")), whole(row.get("into"))) for row in own["copies"] or ()]
        return {
            "name": own["name"],
            "link": self.link,
            "status": options["free"].field,
            **options,
            "holder": _chosen(own["holder"]),
            "days": own["days"],
            "keeps_link": own["keeps_link"],
            "shown": [int(pk) for pk in own["shown"]],
            "copies": [[one, other] for one, other in pairs if one and other],
            "documents": list(DocumentTemplate.objects.filter(pk__in=own["documents"])),
            "documents_field": _chosen(own["documents_field"]),
            "is_active": own["is_active"],
        }


def _chosen(pk: str) -> Field | None:
    return Field.objects.get(pk=pk) if pk else None


def _templates(deals: List, target: List) -> list[tuple[str, str]]:
    own = Q(list__in=[deals, target]) | Q(list=None)
    rows = DocumentTemplate.objects.filter(own, deleted_at=None).order_by("name")
    return [(str(row.pk), row.name) for row in rows]


def _initial(rule: BookingRule) -> dict[str, Any]:
    ids = {f"{name}": getattr(rule, f"{name}_id") for name in (*STATES, "holder")}
    return {
        **ids,
        "name": rule.name,
        "documents_field": rule.documents_field_id,
        "days": rule.days,
        "keeps_link": rule.keeps_link,
        "shown": [str(pk) for pk in rule.shown],
        "copies": [{"source": str(one), "into": str(other)} for one, other in rule.copies],
        "documents": [str(pk) for pk in rule.documents.values_list("pk", flat=True)],
        "is_active": rule.is_active,
    }
