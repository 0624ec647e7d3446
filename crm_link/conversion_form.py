"""What is asked before a lead is converted: which contact, which company, whether a deal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm_link.kinds import COMPANY, CONTACT, DEAL, Kind
from crm_link.points import PointType, normal
from crm_link.selectors.conversion import Lead, names_of, usual_company, usual_contact
from crm_link.selectors.duplicates import Like, look_alikes
from crm_link.selectors.kinds import visible_kinds
from crm_link.selectors.stages import pipelines_of
from crm_link.services.conversion import Choice
from lists_core.access import Right, may_somewhere
from lists_core.field_types.controls import show_to
from lists_core.field_types.element import LinkedElements
from lists_core.field_types.pickers import PickerField
from lists_core.models import List
from staff.models import Employee

NEW, NONE, OTHER = "new", "none", "other"
Usual = int | bool


class ConversionForm(forms.Form):
    """`cleaned_data` holds `contact` and `company` as `convert_lead` takes them, `deal` and
    `pipeline`. Kinds that the person does not see are not asked for."""

    deal = forms.BooleanField(label=gettext_lazy("Make a deal"), required=False, initial=True)
    pipeline = forms.TypedChoiceField(
        label=gettext_lazy("Pipeline"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, lead: Lead, actor: Employee, data: Any = None) -> None:
        super().__init__(data)
        self.lead, self.actor = lead, actor
        self.lists = visible_kinds(actor)
        self.likes = alike(lead, actor)
        usual = {CONTACT: usual_contact, COMPANY: usual_company}
        names = {CONTACT: lead.person or lead.row.name, COMPANY: lead.company or lead.row.name}
        for kind, choose in usual.items():
            if kind.slug in self.lists:
                self._ask(kind, names[kind], choose(lead, actor))
        self._ask_deal()

    def _ask(self, kind: Kind, name: str, usual: Usual) -> None:
        list_ = self.lists[kind.slug]
        known = self._known(kind, usual)
        may_add = may_somewhere(self.actor, Right.ADD, list_)
        new = [(NEW, _("New: %(name)s") % {"name": name})] if may_add else []
        rest = [(OTHER, _("Another one…")), (NONE, pgettext("conversion", "None"))]
        first = NEW if usual is True else NONE if usual is False else str(usual)
        self.fields[kind.slug] = forms.ChoiceField(
            label=str(kind.label),
            choices=[*((str(pk), text) for pk, text in known.items()), *new, *rest],
            widget=forms.RadioSelect,
            initial=first if may_add or first != NEW else NONE,
        )
        self.fields[f"{kind.slug}_other"] = _picker(list_, self.actor)

    def _known(self, kind: Kind, usual: Usual) -> dict[int, str]:
        """The linked or first found one, and the others that look like it, with the reason."""
        found = {like.id: _reason(like) for like in self.likes if like.kind == kind}
        if not isinstance(usual, bool) and usual not in found:
            found = {**names_of(kind, [usual], self.actor), **found}
        return found

    def _ask_deal(self) -> None:
        deals = self.lists.get(DEAL.slug)
        if deals is None or not may_somewhere(self.actor, Right.ADD, deals):
            del self.fields["deal"], self.fields["pipeline"]
            return
        choices = [(row.pk, row.name) for row in pipelines_of(self.actor, deals)]
        self.fields["pipeline"].choices = choices  # type: ignore[attr-defined]
        if len(choices) < 2:  # noqa: PLR2004 - of one there is nothing to choose
            del self.fields["pipeline"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for kind in (CONTACT, COMPANY):
            if given.get(kind.slug) == OTHER and not given.get(f"{kind.slug}_other"):
                self.add_error(f"{kind.slug}_other", _("Choose from the list."))
        return given

    def chosen(self, kind: Kind) -> Choice:
        answer = self.cleaned_data.get(kind.slug, NONE)
        if answer == OTHER:
            return int(self.cleaned_data[f"{kind.slug}_other"])
        return {NEW: True, NONE: False}.get(answer) if answer in (NEW, NONE) else int(answer)

    @property
    def parties(self) -> list[dict[str, Any]]:
        """The two questions with their pickers, as the template draws them."""
        return [
            {"kind": kind, "choice": self[kind.slug], "other": self[f"{kind.slug}_other"]}
            for kind in (CONTACT, COMPANY)
            if kind.slug in self.fields
        ]


def alike(lead: Lead, actor: Employee) -> list[Like]:
    """Contacts and companies that the lead may be of."""
    points = {
        PointType(type_): [normal(PointType(type_), text) for text in texts]
        for type_, texts in lead.ways.items()
    }
    names = {CONTACT: lead.person, COMPANY: lead.company}
    return look_alikes(actor, points, names, among=(CONTACT, COMPANY))


def _reason(like: Like) -> str:
    if not like.same:
        return _("%(name)s (similar name)") % {"name": like.name}
    points = ", ".join(point.text for point in like.same)
    return _("%(name)s (found by %(points)s)") % {"name": like.name, "points": points}


def _picker(list_: List, actor: Employee) -> PickerField:
    source = LinkedElements(list_.pk, "search")
    control = PickerField(reverse("element_suggest", args=[list_.pk]), source, required=False)
    control.label = list_.name
    show_to(control, actor)
    return control
