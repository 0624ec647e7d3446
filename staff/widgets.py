"""Controls of forms about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from staff import selectors

ID_DIGITS = 18


class SearchSelect(forms.Select):
    """A select whose options are searched by typing."""

    template_name = "staff/widgets/search_select.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        # The control shows no empty option, so its words stand in the empty field.
        first, label = next(iter(self.choices), ("", ""))
        context["widget"]["placeholder"] = "" if first else str(label).strip("-")
        return context


class PersonSelect(SearchSelect):
    """Searches employees on the server, so the page carries the chosen one only."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = selectors.employees_by_ids(typed_ids(value))
        self.choices = [("", ""), *((pk, str(person)) for pk, person in chosen.items())]
        context = super().get_context(name, value, attrs)
        context["widget"]["url"] = reverse("people_suggest")
        return context


def typed_ids(value: Any) -> list[int]:
    """The id that came with the form, when the database can hold it."""
    text = str(value or "")
    return [int(text)] if text.isdecimal() and len(text) <= ID_DIGITS else []
