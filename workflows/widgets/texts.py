"""Texts: one line, many lines, formatted, addresses, codes. Placeholders stand among the words."""

from __future__ import annotations

from typing import Any, get_origin

from django import forms

from lists_core.field_types.html import RichTextarea
from workflows.values import is_dynamic
from workflows.widgets.base import Asked, Widget, widgets

LONGEST = 100_000


class LineField(forms.CharField):
    """A text as it was typed, less the spaces around it; None when nothing was."""

    def __init__(self, widget: forms.Widget, **attrs: str) -> None:
        widget.attrs |= {"data-placeholders": "1", "autocomplete": "off", **attrs}
        super().__init__(widget=widget, required=False, max_length=LONGEST)

    def clean(self, value: Any) -> str | None:
        return super().clean(value) or None


class TextWidget(Widget):
    dynamic = False

    def text(self, asked: Asked, value: Any) -> str:
        return asked.scene.readable(str(value))


@widgets.register
class Line(TextWidget):
    slug = "text"

    def control(self, asked: Asked) -> forms.Field:
        return LineField(forms.TextInput())


@widgets.register
class Lines(TextWidget):
    slug = "textarea"

    def control(self, asked: Asked) -> forms.Field:
        return LineField(forms.Textarea({"rows": 4}))


@widgets.register
class Formatted(TextWidget):
    slug = "html"

    def control(self, asked: Asked) -> forms.Field:
        return LineField(RichTextarea())


@widgets.register
class Address(TextWidget):
    slug = "url"

    def control(self, asked: Asked) -> forms.Field:
        return LineField(forms.TextInput({"inputmode": "url", "placeholder": "https://"}))


@widgets.register
class Code(TextWidget):
    slug = "code"

    def control(self, asked: Asked) -> forms.Field:
        return LineField(forms.TextInput({"class": "sv-code", "spellcheck": "false"}))


@widgets.register
class Value(TextWidget):
    """Anything: the text may be a placeholder alone, which keeps its kind, or a formula."""

    slug = "value"

    def control(self, asked: Asked) -> forms.Field:
        return ValueField(many=_wants_list(asked))


class ValueField(LineField):
    """One value; where several are wanted they stand between semicolons."""

    def __init__(self, *, many: bool) -> None:
        self.many = many
        super().__init__(forms.TextInput())

    def prepare_value(self, value: Any) -> Any:
        return "; ".join(str(item) for item in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not self.many or text is None or is_dynamic(text):
            return text
        return [part.strip() for part in text.split(";") if part.strip()]


def _wants_list(asked: Asked) -> bool:
    fields = asked.action.Params.model_fields if asked.action else {}
    return asked.name in fields and get_origin(fields[asked.name].annotation) is list
