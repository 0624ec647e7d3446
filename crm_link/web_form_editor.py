"""The form in which web forms are made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_link.kinds import LEAD
from crm_link.models import WebForm
from crm_link.owner_field import chosen_owner, owner_field
from crm_link.selectors.kinds import list_of
from crm_link.selectors.stages import stages_of
from crm_link.web_form_page import offered
from lists_core.access import schema_for
from lists_core.field_types.controls import show_to
from lists_core.field_types.employee import SUGGEST, People
from lists_core.field_types.options import live_options
from lists_core.field_types.pickers import multiple_picker
from staff.models import Employee
from svod.base.errors import Invalid

USUAL = {"LAST_NAME": False, "FIRST_NAME": True, "PHONE": True, "EMAIL": False, "COMMENTS": False}


class WebFormEditor(forms.ModelForm):
    """`rows` are the lead's fields that may be asked for, each with what was chosen."""

    sites = forms.CharField(
        label=_("Sites that may show it"), required=False,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "placeholder": "https://site.example"}),
        help_text=_("One a line. On other sites the form does not open in a frame."),
    )  # fmt: skip
    source_option = forms.TypedChoiceField(
        label=_("Source"), coerce=int, empty_value=None, required=False
    )
    stage_option = forms.TypedChoiceField(
        label=_("Stage"), coerce=int, empty_value=None, required=False
    )

    class Meta:
        model = WebForm
        fields = [
            "name", "is_on", "title", "intro", "button", "consent", "message", "redirect",
            "min_seconds", "a_minute", "visits", "visits_days",
        ]  # fmt: skip
        widgets = {name: forms.Textarea({"rows": 2}) for name in ("intro", "consent", "message")}

    def __init__(self, web_form: WebForm, actor: Employee, data: Any = None) -> None:
        super().__init__(data, instance=web_form)
        self.actor = actor
        self.offered = offered(web_form, actor)
        self.fields["sites"].initial = "\n".join(web_form.origins)
        people = multiple_picker(SUGGEST, People(), required=False)
        people.label, people.initial = str(_("Responsible, in turns")), web_form.responsibles
        show_to(people, actor)
        self.fields["people"] = people
        self.fields["owner"] = owner_field(web_form.owner, actor)
        self._choices(web_form)

    def _choices(self, web_form: WebForm) -> None:
        list_ = list_of(LEAD)
        source = schema_for(self.actor, list_, new=True).get("SOURCE")
        options = live_options(source.field) if source else []
        stages = [stage for stage in stages_of(list_) if not stage.is_final]
        for name, rows, chosen in (
            ("source_option", [(one.pk, one.name) for one in options], web_form.source),
            ("stage_option", [(one.pk, str(one)) for one in stages], web_form.stage),
        ):
            self.fields[name].choices = [("", "—"), *rows]  # type: ignore[attr-defined]
            self.fields[name].initial = chosen

    def clean_owner(self) -> Employee:
        return chosen_owner(self.cleaned_data["owner"])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What the table of fields shows."""
        chosen = self._typed() if self.is_bound else self._stored()
        return [
            {
                "field": one,
                "asked": one.code in chosen,
                "label": chosen.get(one.code, {}).get("label", ""),
                "required": chosen.get(one.code, {}).get("required", False),
            }
            for one in self.offered
        ]

    def _stored(self) -> dict[str, Any]:
        if self.instance.pk is None:
            return {code: {"required": needed} for code, needed in USUAL.items()}
        return {row["code"]: row for row in self.instance.fields}

    def _typed(self) -> dict[str, Any]:
        return {
            one.code: {
                "code": one.code,
                "label": self.data.get(f"label_{one.code}", "").strip(),
                "required": f"required_{one.code}" in self.data,
            }
            for one in self.offered
            if f"ask_{one.code}" in self.data
        }

    def filled(self) -> WebForm:
        """The form as typed, unsaved; must be valid."""
        given, made = self.cleaned_data, self.instance
        made.fields = list(self._typed().values())
        made.origins = [line.strip() for line in given["sites"].splitlines() if line.strip()]
        made.owner, made.responsibles = given["owner"], given["people"] or []
        made.source, made.stage = given["source_option"], given["stage_option"]
        return made

    def add_domain_errors(self, error: Invalid) -> None:
        names = {"origins": "sites", "responsibles": "people"}
        for name, texts in error.errors.items():
            at = names.get(name, name)
            self.add_error(at if at in self.fields else None, texts)
