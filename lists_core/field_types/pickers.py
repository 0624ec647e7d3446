"""Pickers: choosing ids by typing a part of their titles (`<svod-select data-url>`).

The page asks a suggest address for choices; only the chosen ones are rendered, so a picker
over a million elements costs nothing until somebody types.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Chosen = Callable[[Collection[int]], dict[int, str]]
"""Ids → titles of those that exist (and may be shown)."""


class PickerWidget(forms.Select):
    """A select that holds the chosen ids only; `data-url` answers with more."""

    template_name = "components/widgets/picker.html"

    def __init__(self, url: Any, chosen: Chosen) -> None:
        self.url = url
        self.chosen = chosen
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        ids = [int(item) for item in _listed(value) if str(item).isdecimal()]
        self.choices = list(self.chosen(ids).items()) if ids else []
        context = super().get_context(name, value, attrs)
        context["url"] = str(self.url)
        return context


class MultiplePickerWidget(PickerWidget, forms.SelectMultiple):
    pass


class PickerField(forms.Field):
    """One id out of many; `clean` gives an int that exists, or None."""

    widget: PickerWidget
    default_error_messages = {"invalid": _("Choose from the list.")}

    def __init__(
        self, url: Any, chosen: Chosen, *, required: bool, multiple: bool = False
    ) -> None:
        self.chosen = chosen
        self.multiple = multiple
        widget = MultiplePickerWidget if multiple else PickerWidget
        super().__init__(required=required, widget=widget(url, chosen))

    def to_python(self, value: Any) -> Any:
        raw = [str(item) for item in _listed(value) if str(item).strip()]
        if not all(item.isdecimal() and len(item) < 19 for item in raw):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        ids = [int(item) for item in raw]
        if ids and len(self.chosen(ids)) != len(set(ids)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return self._shape(ids)

    def _shape(self, ids: list[int]) -> Any:
        if self.multiple:
            return list(dict.fromkeys(ids)) or None
        return ids[0] if ids else None


def multiple_picker(url: Any, chosen: Chosen, *, required: bool) -> PickerField:
    return PickerField(url, chosen, required=required, multiple=True)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
