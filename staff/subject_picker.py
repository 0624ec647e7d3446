"""Choosing whom a right is granted to: people, departments, groups, all, the author.

`<svod-subjects>` asks the suggest address for choices; the page carries the chosen ones only.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.selectors_subjects import SubjectView, subject_views
from staff.subjects import AUTHOR, Subject
from svod.base.errors import Invalid
from svod.templatetags.ui import initials, tone

MOST = 200


class SubjectSelect(forms.SelectMultiple):
    """A select of the chosen subjects, drawn with their pictures by the script."""

    template_name = "staff/widgets/subject_select.html"

    def __init__(self, *, author: bool = False, attrs: dict[str, Any] | None = None) -> None:
        self.author = author
        super().__init__(attrs)

    def use_required_attribute(self, initial: Any) -> bool:
        """No: the script would show an empty picker as wrong before anybody touched it."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        codes = listed(value)[:MOST]
        views = subject_views(read(codes)[0])
        known = {subject.code: view for subject, view in views.items()}
        # What is no subject stays visible under its code, to be taken out by hand.
        self.choices = [(code, known.get(code, code)) for code in codes]
        context = super().get_context(name, value, attrs)
        context["url"] = reverse("subjects_suggest") + ("?author=1" if self.author else "")
        return context

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        view = option["label"]
        drawn = looks(view) if isinstance(view, SubjectView) else {"icon": "alert-triangle"}
        option["attrs"] |= {f"data-{key}": value for key, value in drawn.items()}
        return option


class SubjectsField(forms.Field):
    """Several subject codes; the cleaned value is a list of `Subject` in the order given.

    `author`: the author of an element may be chosen too. A subject that does not exist is
    refused by its code, and stays in the control with everything else that was chosen.
    """

    widget: SubjectSelect
    default_error_messages = {
        "unknown": gettext_lazy("There is no such employee, department or group: %(codes)s."),
        "many": gettext_lazy("Choose %(most)d at most."),
    }

    def __init__(self, *, author: bool = False, **options: Any) -> None:
        self.author = author
        super().__init__(widget=SubjectSelect(author=author), **options)

    def prepare_value(self, value: Any) -> list[str]:
        return listed(value)

    def to_python(self, value: Any) -> list[Subject]:
        codes = [code for code in listed(value) if code]
        if len(codes) > MOST:
            raise ValidationError(self.error_messages["many"], "many", {"most": MOST})
        subjects, wrong = read(codes)
        known = subject_views(subjects)
        wrong += [item.code for item in subjects if item not in known or self.closed(item)]
        if wrong:
            shown = ", ".join(code[:20] for code in wrong)
            raise ValidationError(self.error_messages["unknown"], "unknown", {"codes": shown})
        return subjects

    def closed(self, subject: Subject) -> bool:
        return subject == AUTHOR and not self.author

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(listed(initial)) != set(listed(data))


def read(codes: list[str]) -> tuple[list[Subject], list[str]]:
    """The subjects meant, each once, and the codes that mean none."""
    subjects, wrong = [], []
    for code in codes:
        try:
            subjects.append(Subject.parse(code))
        except Invalid:
            wrong.append(code)
    return list(dict.fromkeys(subjects)), wrong


def listed(value: Any) -> list[str]:
    """Codes of what came with a form or was given as the initial value."""
    items = value if isinstance(value, list | tuple | set) else [value] if value else []
    return [item.code if isinstance(item, Subject) else str(item) for item in items]


def looks(view: SubjectView) -> dict[str, str]:
    """What the script draws an option from, beside its value and text."""
    person = {} if view.icon else {"initials": initials(view.name), "tone": tone(view)}
    drawn = {"note": view.hint, "icon": view.icon, "thumbnail": view.thumbnail, **person}
    return {**{key: value for key, value in drawn.items() if value}, "group": group_of(view)}


def group_of(view: SubjectView) -> str:
    return {"U": "people", "G": "groups", "D": "departments", "DR": "departments"}.get(
        view.kind, "general"
    )


def group_names() -> dict[str, str]:
    """Headings of the suggestions by group, in their order."""
    return {
        "general": _("General"),
        "people": _("People"),
        "departments": _("Departments"),
        "groups": _("Groups"),
    }
