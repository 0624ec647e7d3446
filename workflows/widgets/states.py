"""What states of a machine are described by: which one, and what leads out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.widgets.base import Asked, Widget, plain, widgets
from workflows.widgets.conditions import ConditionsField
from workflows.widgets.forms_of_people import button_columns
from workflows.widgets.lists import Fields
from workflows.widgets.rows import RowsField
from workflows.widgets.scalars import DurationField, OneOf

END = gettext_lazy("the end of the states")


def state_names(asked: Asked) -> dict[str, str]:
    """id → name of the states of the draft."""
    steps = asked.scene.steps.items()
    return {one: str(step.get("name") or one) for one, step in steps if step.get("type") == "state"}


def aim(asked: Asked) -> forms.Field:
    choices = [("", str(END)), *state_names(asked).items()]
    return OneOf(label=_("Leads to"), choices=choices, required=False)


@widgets.register
class StateWidget(Widget):
    slug = "state"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return OneOf(choices=[("", "—"), *state_names(asked).items()], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return state_names(asked).get(str(value), str(value))


class _Ways(Widget):
    """Rows each of which leads to a state."""

    dynamic = False

    def columns(self, asked: Asked) -> dict[str, forms.Field]:
        raise NotImplementedError(f"{type(self).__name__} has no columns")

    def control(self, asked: Asked) -> forms.Field:
        return RowsField({**self.columns(asked), "to": aim(asked)})

    def text(self, asked: Asked, value: Any) -> str:
        if not isinstance(value, list):
            return plain(value)
        names = state_names(asked)
        rows = [row for row in value if isinstance(row, Mapping)]
        return ", ".join(self._way(row, names) for row in rows)

    def _way(self, row: Mapping[str, Any], names: Mapping[str, str]) -> str:
        to = str(row.get("to", ""))
        label = f"{row['label']} " if row.get("label") else ""
        return f"{label}→ {names.get(to, to) or END}"


@widgets.register
class StateCommands(_Ways):
    slug = "state_commands"

    def columns(self, asked: Asked) -> dict[str, forms.Field]:
        return button_columns(asked)


@widgets.register
class StateEvents(_Ways):
    slug = "state_events"

    def columns(self, asked: Asked) -> dict[str, forms.Field]:
        fields = Fields().control(asked)
        fields.label = _("When these fields change (none: any of them)")
        when = ConditionsField(asked, over_process=True)
        when.label = _("And if this holds")
        return {"fields": fields, "when": when}


@widgets.register
class StateTimeouts(_Ways):
    slug = "state_timeouts"

    def columns(self, asked: Asked) -> dict[str, forms.Field]:
        return {"after": DurationField(label=_("After"), required=False)}
