"""The form of a questionnaire: settings, groups, in each group questions in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_link.models import Questionnaire
from crm_link.selectors.stages import all_stages
from crm_link.services.questionnaires import Group
from crm_link.triggers.stage import stage_names
from lists_core.field_types.base import field_types
from lists_core.models import Field, List
from svod.base.forms import DomainFormMixin
from workflows.widgets.forms_of_people import line, switch
from workflows.widgets.lists import NumberOf
from workflows.widgets.rows import RowsField

HOURS = ("deadline", "remind", "escalate")
#: Kinds of questions that a person adds here; all others by the page of the list's fields.
KINDS = ("string", "list", "boolean", "number", "money", "date", "datetime", "employee", "file")


class QuestionnaireForm(DomainFormMixin, forms.ModelForm):
    """Fields `groups-<row>-title` and `groups-<row>-questions-<row>-field`."""

    class Meta:
        model = Questionnaire
        fields = ["name", *HOURS, "gated", "is_on"]

    def __init__(self, data: Any, *, list_: List, instance: Questionnaire | None = None) -> None:
        super().__init__(data, instance=instance)
        self.list = list_
        for name in ("gated", "is_on"):
            self.fields[name].widget = forms.CheckboxInput({"role": "switch"})
        self.fields["stage"] = self._stage(instance)
        self.order_fields(["name", "stage"])
        if instance is not None:
            self.fields["groups"] = self._groups(instance)

    def _stage(self, questionnaire: Questionnaire | None) -> forms.Field:
        """The live stages in progress, and the one that it has; of a removed one none is left."""
        own = questionnaire.stage_id if questionnaire else None
        known = all_stages(self.list)
        stages: list[tuple[Any, str]] = [
            (pk, name) for pk, name in stage_names(self.list).items()
            if pk == own or not known[pk].is_final
        ]  # fmt: skip
        is_lost = own is not None and own not in dict(stages)
        return forms.TypedChoiceField(
            label=_("Ask on the stage"), coerce=int, empty_value=None, initial=own,
            required=own is None, choices=[("", "—"), *stages] if is_lost else stages,
        )  # fmt: skip

    def _groups(self, questionnaire: Questionnaire) -> RowsField:
        questions = RowsField(self._columns(), add=_("Add a question"))
        questions.label = _("Questions")
        columns = {"title": line(_("Title of the group")), "questions": questions}
        groups = RowsField(columns, add=_("Add a group of questions"))
        groups.label = _("Questions")
        self.initial["groups"] = [
            {
                "title": group.name,
                "questions": [
                    {"field": one.field_id, "required": one.required}
                    for one in group.questions.all()
                ],
            }
            for group in questionnaire.groups.all()
        ]
        return groups

    def _columns(self) -> Mapping[str, forms.Field]:
        known = Field.objects.filter(list=self.list, deleted_at=None).exclude(type="crm_stage")
        rows = [(pk, name) for pk, name, type_ in known.values_list("pk", "name", "type")
                if not field_types.get(type_).concealed]  # fmt: skip
        return {
            "field": NumberOf(label=_("Field"), choices=[("", "—"), *rows], required=False),
            "required": switch(_("Required: the item goes on only with it")),
        }

    def settings(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", *HOURS, "gated", "is_on")}

    def groups(self) -> list[Group]:
        """As the service takes them; rows without a field ask nothing."""
        found = []
        for row in self.cleaned_data.get("groups") or []:
            asked = [
                (one["field"], bool(one.get("required")))
                for one in row.get("questions") or []
                if isinstance(one.get("field"), int)
            ]
            if asked or row.get("title"):
                found.append(Group(str(row.get("title") or ""), asked))
        return found


class QuestionForm(DomainFormMixin, forms.Form):
    """A question that no field of the list is yet."""

    name = forms.CharField(label=_("Question"), max_length=200)
    type = forms.ChoiceField(label=_("Answer"))
    options = forms.CharField(
        label=_("Options, one a line"), required=False, max_length=5000,
        widget=forms.Textarea({"rows": 4}), help_text=_("For an answer from a list."),
    )  # fmt: skip
    group = forms.ChoiceField(label=_("Group"))
    required = forms.BooleanField(
        label=_("Required: the item goes on only with it"), required=False,
        widget=forms.CheckboxInput({"role": "switch"}),
    )  # fmt: skip

    def __init__(self, data: Any, *, questionnaire: Questionnaire) -> None:
        super().__init__(data)
        self.auto_id = "question_%s"  # the dialog lies over the questionnaire with its own form
        kinds = [(slug, field_types.get(slug).label) for slug in KINDS if slug in field_types]
        self.fields["type"].choices = kinds  # type: ignore[attr-defined]
        groups = [(str(one.pk), one.name or "—") for one in questionnaire.groups.all()]
        self.fields["group"].choices = groups or [("", "—")]  # type: ignore[attr-defined]
        self.fields["group"].required = bool(groups)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("type") == "list" and not self.chosen_from():
            self.add_error("options", _("Enter the options to choose from."))
        return cleaned

    def chosen_from(self) -> list[str]:
        lines = (one.strip() for one in self.cleaned_data.get("options", "").splitlines())
        return [one for one in lines if one]
