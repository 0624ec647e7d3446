"""A form field that takes subjects of rights: people, departments, groups, all, the author."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from staff.subjects import AUTHOR, Subject, holders, names_of
from svod.base.errors import Invalid

MOST = 200


class SubjectsWidget(forms.SelectMultiple):
    """A searchable select that carries the chosen subjects only; the server gives the rest."""

    template_name = "components/widgets/picker.html"
    author = False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        chosen = [*known_codes(value or [])]
        names = names_of(chosen)
        self.choices = [(subject.code, names.get(subject, subject.code)) for subject in chosen]
        context = super().get_context(name, [subject.code for subject in chosen], attrs)
        context["url"] = f"{reverse_lazy('subjects_suggest')}{'?author=1' if self.author else ''}"
        return context


def known_codes(values: Iterable[Any]) -> Iterable[Subject]:
    """Those of the values that are codes of subjects at all."""
    for value in values:
        if isinstance(value, Subject):
            yield value
            continue
        try:
            yield Subject.parse(str(value))
        except Invalid:
            continue


class SubjectsField(forms.Field):
    """Codes such as U5, D7, DR7, G3, AU → a list of Subject; `author` allows CR as well."""

    widget = SubjectsWidget
    default_error_messages = {
        "unknown": _("There is no such employee, department or group."),
        "many": _("Choose at most %(most)d."),
    }

    def __init__(self, *, author: bool = False, **given: Any) -> None:
        super().__init__(**given)
        self.author = self.widget.author = author

    def to_python(self, value: Any) -> list[Subject]:
        given = list(dict.fromkeys(str(item) for item in value or [] if item))
        if len(given) > MOST:
            raise ValidationError(self.error_messages["many"], "many", {"most": MOST})
        try:
            subjects = [Subject.parse(code) for code in given]
            holders(subjects)
        except Invalid:
            raise ValidationError(self.error_messages["unknown"], "unknown") from None
        if AUTHOR in subjects and not self.author:
            raise ValidationError(self.error_messages["unknown"], "unknown")
        return subjects
