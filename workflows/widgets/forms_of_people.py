"""What people are shown: checklists, questionnaires, buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from svod.base.looks import TONES
from workflows.designer.scene import Scene
from workflows.models import Command
from workflows.parameters import kinds
from workflows.widgets.base import Asked, Widget, plain, widgets
from workflows.widgets.lists import NumberOf
from workflows.widgets.people import PeopleField
from workflows.widgets.rows import RowsField
from workflows.widgets.scalars import OneOf
from workflows.widgets.texts import LineField

LINKS = {"element", "section"}


def kind_choices() -> list[tuple[str, str]]:
    return [(one.slug, str(one.label)) for one in kinds()]


def line(label: Any, **attrs: str) -> LineField:
    control = LineField(forms.TextInput(), **attrs)
    control.label = label
    return control


def code_line() -> forms.CharField:
    attrs = {"class": "sv-code", "autocomplete": "off", "spellcheck": "false", "data-code": "1"}
    widget = forms.TextInput(attrs)
    return forms.CharField(label=_("Code"), required=False, max_length=60, widget=widget)


def switch(label: Any) -> forms.BooleanField:
    widget = forms.CheckboxInput({"role": "switch"})
    return forms.BooleanField(label=label, required=False, widget=widget)


def kind_select() -> OneOf:
    control = OneOf(label=_("Type"), choices=kind_choices(), required=False)
    control.widget.attrs["data-redraw"] = "1"
    return control


class ChecklistField(forms.CharField):
    """A line each."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [part.strip() for part in str(value or "").splitlines()]
        return [part for part in lines if part] or None


@widgets.register
class Checklist(Widget):
    slug = "checklist"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        hint = str(_("One item a line"))
        attrs = {"rows": 3, "data-placeholders": "1", "placeholder": hint}
        return ChecklistField(required=False, max_length=20_000, widget=forms.Textarea(attrs))


class OptionsField(forms.CharField):
    """Options between semicolons, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return "; ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [part.strip() for part in str(value or "").split(";") if part.strip()] or None


def question_columns(row: Mapping[str, Any], scene: Scene) -> dict[str, forms.Field]:
    return {
        "label": line(_("Question")),
        "code": code_line(),
        "kind": kind_select(),
        **more_columns(row, scene),
        "required": switch(_("Required")),
        "multiple": switch(_("Several values")),
    }


def more_columns(row: Mapping[str, Any], scene: Scene) -> dict[str, forms.Field]:
    """What the kind of a declared value asks for besides: options, or the list of a link."""
    if row.get("kind") == "list":
        options = OptionsField(
            label=_("Options, separated by semicolons"), required=False, max_length=4000
        )
        return {"options": options}
    if row.get("kind") in LINKS:
        return {"settings": ListSetting(scene)}
    return {}


class ListSetting(NumberOf):
    """`{"list": 5}`: the settings of a link."""

    def __init__(self, scene: Scene) -> None:
        choices = [("", "—"), *scene.lists.items()]
        super().__init__(label=_("List"), choices=choices, required=False)

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value.get("list") if isinstance(value, Mapping) else value)

    def clean(self, value: Any) -> Any:
        chosen = super().clean(value)
        return {"list": chosen} if chosen else None


@widgets.register
class AnswerForm(Widget):
    """A questionnaire: `[{"title", "fields": [{"label", "code", "kind", …}]}]`."""

    slug = "answer_form"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        questions = RowsField(
            lambda row: question_columns(row, asked.scene),
            blank={"kind": "string"},
            add=_("Add a question"),
        )
        questions.label = _("Questions")
        columns = {"title": line(_("Title of the group")), "fields": questions}
        return RowsField(columns, add=_("Add a group of questions"))

    def text(self, asked: Asked, value: Any) -> str:
        groups = [group for group in value if isinstance(group, dict)]
        labels = [str(one.get("label", "")) for g in groups for one in g.get("fields", ())]
        return ", ".join(labels)


def button_columns(asked: Asked) -> dict[str, forms.Field]:
    people = PeopleField(asked.scene)
    people.label = _("Who may press it")
    comments = [("", "—"), *Command.Comment.choices[1:]]
    return {
        "label": line(_("Text of the button")),
        "code": code_line(),
        "color": OneOf(label=_("Colour"), choices=[("", "—"), *TONES.items()], required=False),
        "people": people,
        "comment": OneOf(label=_("Comment"), choices=comments, required=False),
    }


@widgets.register
class Commands(Widget):
    """Buttons on the element: `[{"label", "code", "color", "people", "comment"}]`."""

    slug = "commands"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return RowsField(button_columns(asked), add=_("Add a button"))

    def text(self, asked: Asked, value: Any) -> str:
        if not isinstance(value, list):
            return plain(value)
        return ", ".join(str(row.get("label", "")) for row in value if isinstance(row, dict))
