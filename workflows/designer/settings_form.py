"""What belongs to no step: variables, parameters, constants and what starts the process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from workflows.actions.base import Shown
from workflows.designer.scene import Scene
from workflows.designer.trigger_columns import BLANK, read_trigger, shown_trigger, trigger_columns
from workflows.widgets.base import Asked, form_field
from workflows.widgets.forms_of_people import code_line, kind_select, line, more_columns, switch
from workflows.widgets.rows import RowsField

VALUE = Shown("", widget="value")


class SettingsForm(forms.Form):
    """Controls `variables`, `parameters`, `constants`, `triggers`: a row each."""

    def __init__(self, data: Any, *, scene: Scene) -> None:
        super().__init__(data, auto_id="parts-%s")
        self.scene = scene
        self.fields["triggers"] = RowsField(
            lambda row: trigger_columns(row, scene), blank=BLANK, add=_("Add a way to start")
        )
        self.fields["parameters"] = RowsField(
            self._parameter, blank={"kind": "string"}, add=_("Add a parameter")
        )
        self.fields["variables"] = RowsField(
            self._variable(), blank={"kind": "string"}, add=_("Add a variable")
        )
        self.fields["constants"] = RowsField(
            self._constant(), blank={"kind": "string"}, add=_("Add a constant")
        )
        for name in self.fields:
            self.initial[name] = scene.tree.get(name) or []
        self.initial["triggers"] = [shown_trigger(one) for one in self.initial["triggers"]]

    def _common(self) -> dict[str, forms.Field]:
        return {"label": line(_("Caption")), "code": code_line(), "kind": kind_select()}

    def _variable(self) -> dict[str, forms.Field]:
        return {
            **self._common(),
            "default": self._value(_("Value at the start")),
            "returned": switch(_("Returned to the process that started this one")),
        }

    def _parameter(self, row: Mapping[str, Any]) -> dict[str, forms.Field]:
        return {
            **self._common(),
            **more_columns(row, self.scene),
            "default": self._value(_("Suggested value")),
            "required": switch(_("Required")),
            "multiple": switch(_("Several values")),
        }

    def _constant(self) -> dict[str, forms.Field]:
        return {**self._common(), "value": self._value(_("Value"))}

    def _value(self, label: str) -> forms.Field:
        control = form_field(Asked("value", VALUE, self.scene))
        control.widget.attrs.pop("data-placeholders", None)
        control.label = label
        return control

    def read(self) -> dict[str, list[dict[str, Any]]]:
        """The parts as the tree keeps them; a row with a caption alone gets a code."""
        read = {}
        for name, field in self.fields.items():
            rows = field.clean(field.widget.value_from_datadict(self.data, self.files, name)) or []
            read[name] = [read_trigger(row) for row in rows] if name == "triggers" else rows
        return read
