"""Pickers: choosing ids by typing a part of their titles (`<svod-select data-url>`).

The page asks a suggest address for choices; only the chosen ones are rendered, so a picker
over a million elements costs nothing until somebody types. The form checks that ids are
numbers; that they exist and that the actor may see them is checked by the services
(`services.references`), once for all fields.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from staff.models import Employee


ID_DIGITS = 18


class Choices(Protocol):
    """Where a picker's titles come from; only things that the actor may see have any."""

    def titles(self, ids: Collection[Any], actor: Employee) -> Mapping[Any, str]:
        """Titles of these ids."""

    def all(self, actor: Employee) -> Mapping[int, str] | None:
        """Everything there is to choose from, or None when the page has to ask by words."""


class PickerWidget(forms.Select):
    """A select with the chosen ids only, and the address that gives more (`data-url`).

    Without an actor it shows numbers: titles are shown to somebody.
    """

    template_name = "components/widgets/picker.html"

    def __init__(self, url: Any, source: Choices) -> None:
        self.url = url
        self.source = source
        self.actor: Employee | None = None
        #: Where a value that is not there yet is made by its name; "" where none is.
        self.new_url = ""
        super().__init__()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        everything = self.source.all(self.actor) if self.actor else None
        chosen = self._chosen(value)
        self.choices = list({**(everything or {}), **chosen}.items())
        if not self.allow_multiple_selected:
            self.choices.insert(0, ("", ""))
        context = super().get_context(name, value, attrs)
        context["url"] = "" if everything is not None else str(self.url)
        context["new_url"] = self.new_url
        return context

    def _chosen(self, value: Any) -> dict[int, str]:
        ids = [int(item) for item in listed(value) if is_id(item)]
        titles = self.source.titles(ids, self.actor) if ids and self.actor else {}
        return {pk: titles.get(pk, f"#{pk}") for pk in ids}


class MultiplePickerWidget(PickerWidget, forms.SelectMultiple):
    pass


class PickerField(forms.Field):
    """One id (an int or None), or with `multiple` a list of them without repetitions."""

    widget: PickerWidget
    #: For one value and for many.
    widgets: tuple[type[PickerWidget], type[PickerWidget]] = (PickerWidget, MultiplePickerWidget)
    default_error_messages = {"invalid": _("Choose from the list.")}

    def __init__(
        self, url: Any, source: Choices, *, required: bool, multiple: bool = False
    ) -> None:
        self.multiple = multiple
        super().__init__(required=required, widget=self.widgets[multiple](url, source))

    def for_actor(self, actor: Employee) -> None:
        """Show titles as this person may see them."""
        self.widget.actor = actor

    def to_python(self, value: Any) -> Any:
        raw = [item for item in listed(value) if str(item).strip()]
        if not all(map(is_id, raw)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        ids = list(dict.fromkeys(int(item) for item in raw))
        if self.multiple:
            return ids or None
        return ids[0] if ids else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {str(item) for item in listed(initial)} != {str(item) for item in listed(data)}


def multiple_picker(url: Any, source: Choices, *, required: bool) -> PickerField:
    return PickerField(url, source, required=required, multiple=True)


def is_id(item: Any) -> bool:
    """Whether this is a number that can be an id (`²` is a digit, but no number)."""
    text = str(item).strip()
    plain = text.isascii() and text.isdecimal() and len(text) <= ID_DIGITS
    return plain and not isinstance(item, bool)


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
