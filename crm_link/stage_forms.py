"""The forms of stages and pipelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm_link.models import Stage
from crm_link.services.stages import LONGEST_PATIENCE, askable_fields
from lists_core.models import List, Section
from svod.base.forms import DomainFormMixin
from svod.base.looks import TONES
from svod.base.widgets import ToneSelect

Meaning = Stage.Semantics


class StageForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=300)
    color = forms.ChoiceField(label=_("Colour"), choices=list(TONES.items()), widget=ToneSelect)
    semantics = forms.ChoiceField(
        label=_("Meaning"),
        choices=[
            (Meaning.PROCESS, Meaning.PROCESS.label),
            (Meaning.FAILURE, Meaning.FAILURE.label),
        ],
        help_text=_("Items on final stages are closed."),
    )
    patience = forms.IntegerField(
        label=_("Days on the stage at most"),
        help_text=_("Cards that stand here longer are coloured; 0 never."),
        min_value=0,
        max_value=LONGEST_PATIENCE,
    )
    required = forms.TypedMultipleChoiceField(
        label=_("Fields that have to be filled"),
        help_text=_("Asked for when an item comes to this stage, and on the stages after it."),
        coerce=int,
        required=False,
        widget=forms.SelectMultiple,
    )

    def __init__(
        self,
        list_: List,
        data: Any = None,
        *,
        stage: Stage | None = None,
        first: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={**_first(stage), **(first or {})})
        self.fields["required"].choices = [  # type: ignore[attr-defined]
            (field.pk, field.name) for field in askable_fields(list_)
        ]
        self.fields["required"].widget.template_name = "components/widgets/select.html"
        if stage and stage.semantics == Meaning.SUCCESS:
            del self.fields["semantics"]
        if stage and stage.is_final:
            del self.fields["patience"]

    @property
    def settings(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key != "required"}


def _first(stage: Stage | None) -> dict[str, Any]:
    if stage is None:
        return {"color": "blue", "semantics": Meaning.PROCESS, "patience": 14}
    return {
        "name": stage.option.name,
        "color": stage.option.color or "grey",
        "semantics": stage.semantics,
        "patience": stage.patience,
        "required": [field.pk for field in stage.required.all()],
    }


class PipelineForm(DomainFormMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)

    def __init__(self, *args: Any, sources: Sequence[Section] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sources:
            self.fields["copy_of"] = forms.TypedChoiceField(
                label=_("Stages"),
                choices=[("", _("The usual ones")), *((one.pk, one.name) for one in sources)],
                coerce=int,
                empty_value=None,
                required=False,
                help_text=_("Those of another pipeline are copied with what they ask for."),
            )


class WhereForm(DomainFormMixin, forms.Form):
    """Where the items of what is removed go."""

    to = forms.TypedChoiceField(label=_("Where the items go"), coerce=int, empty_value=None)

    def __init__(self, stages: Sequence[Stage], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "—"), *_grouped(stages)]  # type: ignore[attr-defined]


def _grouped(stages: Sequence[Stage]) -> list[tuple[Any, Any]]:
    """The stages under the names of their pipelines, where there are several."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for stage in stages:
        name = stage.pipeline.name if stage.pipeline else ""
        groups.setdefault(name, []).append((stage.pk, stage.option.name))
    if len(groups) == 1:
        return list(next(iter(groups.values())))
    return list(groups.items())
