"""Stage: a choice whose options are kept on the page of stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from crm_link.selectors.stage_book import book_of
from crm_link.selectors.stages import pipelines_of
from lists_core.field_types.base import FieldSettingsForm, field_types
from lists_core.field_types.choice import ChoiceType
from lists_core.schema.cache import schema_of

if TYPE_CHECKING:
    from lists_core.models import Field
    from staff.models import Employee


class StageChoice(forms.TypedChoiceField):
    """The stages under the names of their pipelines, those that the person knows; of one item
    those of its own pipeline alone."""

    def __init__(self, field: Field, plain: forms.TypedChoiceField) -> None:
        super().__init__(
            required=plain.required,
            coerce=int,
            empty_value=None,
            choices=plain.choices,
            widget=plain.widget,
        )
        self.field = field

    def for_actor(self, actor: Employee) -> None:
        names = {one.pk: one.name for one in pipelines_of(actor, self.field.list)}
        if names:
            self._group(names)

    def for_row(self, row: Any) -> None:
        """Leave the stages of the row's pipeline; grouped ones are those of a kind with them."""
        lines = book_of(schema_of(self.field.list)).lines
        own = {pk for pk, line in lines.items() if line.pipeline == row.section}
        self.choices = [
            (value, label) for value, label in _flat(self.choices) if value == "" or value in own
        ]

    def _group(self, names: dict[int, str]) -> None:
        lines = book_of(schema_of(self.field.list)).lines
        groups: dict[int | None, list[tuple[Any, Any]]] = {pk: [] for pk in names}
        for value, label in _flat(self.choices):
            line = lines.get(value)
            if line is not None and line.pipeline in groups:
                groups[line.pipeline].append((value, label))
        blank = [pair for pair in _flat(self.choices) if pair[0] == ""]
        if len(names) == 1:
            self.choices = [*blank, *next(iter(groups.values()))]
        else:
            self.choices = [*blank, *((names[pk or 0], own) for pk, own in groups.items() if own)]


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    return [
        pair
        for value, label in choices
        for pair in (label if isinstance(label, list | tuple) else [(value, label)])
    ]


@field_types.register
class StageType(ChoiceType):
    slug = "crm_stage"
    label = gettext_lazy("Stage")
    icon = "route"
    SettingsForm = FieldSettingsForm  # type: ignore[assignment]  # no options are edited here
    multiple_allowed = False
    offered = False
    laned = True

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        plain = super().form_field(field, required=required)
        return StageChoice(field, plain) if isinstance(plain, forms.TypedChoiceField) else plain
