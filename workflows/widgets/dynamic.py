"""A value, or instead of it a placeholder or a formula: the control has a switch for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from lists_core.field_types.controls import css_class
from workflows.values import is_dynamic

MODE, EXPRESSION = "__mode", "__expr"


class Expression(str):
    """What was typed while the switch stood at placeholders."""


class DynamicWidget(forms.Widget):
    """The plain control, a line for placeholders, and the switch (`<svod-dynamic>`)."""

    template_name = "workflows/widgets/dynamic.html"

    def __init__(self, item: forms.Widget) -> None:
        self.item = item
        super().__init__()

    @property
    def use_fieldset(self) -> bool:  # type: ignore[override]
        return self.item.use_fieldset

    @property
    def is_check(self) -> bool:
        return isinstance(self.item, forms.CheckboxInput)

    def id_for_label(self, id_: str) -> str:
        return self.item.id_for_label(id_)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = {key: one for key, one in (attrs or {}).items() if key != "class"}
        own |= self.attrs
        if not isinstance(self.item, forms.MultiWidget):
            own["class"] = "form-check-input" if self.is_check else css_class(self.item)
        expression = value if isinstance(value, Expression) else ""
        context["expression"] = expression
        context["is_dynamic"] = isinstance(value, Expression)
        context["item"] = self.item.render(name, None if expression else value, own)
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        if data.get(name + MODE) == "expr":
            return Expression(data.get(name + EXPRESSION, "").strip())
        return self.item.value_from_datadict(data, files, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name + MODE not in data and self.item.value_omitted_from_data(data, files, name)


class DynamicField(forms.Field):
    """`clean` gives the item's value, or a text with placeholders or a formula in it."""

    def __init__(self, item: forms.Field) -> None:
        self.item = item
        item.required = False
        super().__init__(required=False, widget=DynamicWidget(item.widget))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Expression) or is_dynamic(value):
            return Expression(value)
        return self.item.prepare_value(value)

    def clean(self, value: Any) -> Any:
        if not isinstance(value, Expression):
            return self.item.clean(value)
        if not value:
            return None
        if is_dynamic(value):
            return str(value)
        try:
            return self.item.clean(value)
        except ValidationError:
            # Kept as it was typed; publishing tells what is wrong with it.
            return str(value)
