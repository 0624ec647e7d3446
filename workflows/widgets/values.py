"""Field → value for the fields of a list, each with the control of its type.

Stored as texts and numbers that `workflows.elements.field_values` reads at run time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from lists_core.field_types.controls import show_to
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from staff.models import Employee
from workflows.values import is_dynamic
from workflows.widgets.base import Asked, Widget, widgets
from workflows.widgets.dynamic import DynamicField, Expression
from workflows.widgets.texts import LineField

PLAIN_TEXT = {"string", "html", "url", "email", "phone"}


class ValuesWidget(forms.Widget):
    """`<svod-values>`: a row for every field that gets a value, and a select of the others."""

    template_name = "workflows/widgets/values.html"
    use_fieldset = True

    def __init__(self, schema: Schema | None, actor: Employee) -> None:
        self.schema, self.actor = schema, actor
        super().__init__()

    @property
    def fields(self) -> dict[str, SchemaField]:
        known = self.schema.changeable if self.schema else ()
        return {one.code: one for one in known if not one.type.concealed}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, Mapping) else {}
        context["rows"] = [self._row(name, code, given[code]) for code in given]
        context["others"] = [one for code, one in self.fields.items() if code not in given]
        context["has_list"] = self.schema is not None
        context["blanks"] = [self._row(name, one.code, None) for one in context["others"]]
        return context

    def _row(self, name: str, code: str, value: Any) -> dict[str, Any]:
        field = self.fields.get(code)
        form = forms.Form(auto_id=f"{name}-%s", prefix=f"{name}-v")
        form.fields[code] = value_control(field, self.actor)
        form.fields[code].label = field.name if field else code
        form.initial = {code: shown_value(field, value, self.actor)}
        bound: BoundField = form[code]
        return {"code": code, "field": bound, "unknown": field is None}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        codes = data.getlist(f"{name}-codes") if hasattr(data, "getlist") else []
        return {code: self._read(data, files, f"{name}-v-{code}", code) for code in codes}

    def _read(self, data: Any, files: Any, name: str, code: str) -> Any:
        field = self.fields.get(code)
        control = value_control(field, self.actor)
        raw = control.widget.value_from_datadict(data, files, name)
        try:
            value = control.clean(raw)
        except ValidationError:
            return str(raw)
        if field is None or is_dynamic(value) or is_text(field):
            return value
        return stored(field, value, self.actor)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class ValuesField(forms.Field):
    def __init__(self, schema: Schema | None, actor: Employee) -> None:
        super().__init__(required=False, widget=ValuesWidget(schema, actor))

    def clean(self, value: Any) -> Any:
        """An empty value stays: it empties the field."""
        return dict(value) if value else None


def is_text(field: SchemaField) -> bool:
    """One text, in which placeholders may stand among the words."""
    return field.type.slug in PLAIN_TEXT and not field.multiple


def value_control(field: SchemaField | None, actor: Employee) -> forms.Field:
    """The control of a field's type; a line of text where the page cannot have that one."""
    if field is None or is_text(field):
        area = field is not None and field.type.slug == "html"
        return LineField(forms.Textarea({"rows": 4}) if area else forms.TextInput())
    control = field.form_field(required=False)
    if control.widget.needs_multipart_form:
        return LineField(forms.TextInput())
    show_to(control, actor)
    return DynamicField(control)


def stored(field: SchemaField, value: Any, actor: Employee) -> Any:
    """A natural value as the tree keeps it: what a process reads from it is the same value."""
    if value is None:
        return None
    if field.multiple and isinstance(value, list):
        return [_stored(field, item, actor) for item in value]
    return _stored(field, value, actor)


def _stored(field: SchemaField, item: Any, actor: Employee) -> Any:
    if isinstance(item, bool | int):
        return item
    own = field.type.to_json(field.field, item)
    for text in (own, field.type.to_text(field.field, item, {})):
        if isinstance(text, str) and _reads(field, text, actor) == item:
            return text
    return own


def _reads(field: SchemaField, text: str, actor: Employee) -> Any:
    return field.type.from_texts(field.field, [text], actor=actor)[text]


def shown_value(field: SchemaField | None, value: Any, actor: Employee) -> Any:
    """The opposite of `stored`, for the control; what does not fit is shown as it stands."""
    if field is None or is_dynamic(value) or is_text(field):
        return value
    items = value if isinstance(value, list) else [value]
    read = [_shown(field, item, actor) for item in items if item is not None]
    if any(isinstance(item, ValidationError) for item in read):
        return Expression(value) if isinstance(value, str) else value
    return read if field.multiple else next(iter(read), None)


def _shown(field: SchemaField, item: Any, actor: Employee) -> Any:
    if is_dynamic(item) or not isinstance(item, str):
        return item
    return _reads(field, item, actor)


@widgets.register
class Values(Widget):
    slug = "values"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return ValuesField(asked.schema, asked.scene.actor)

    def text(self, asked: Asked, value: Any) -> str:
        given = value if isinstance(value, Mapping) else {}
        return "; ".join(self._lines(asked, given))

    def _lines(self, asked: Asked, given: Mapping[str, Any]) -> Iterable[str]:
        for code, one in given.items():
            field = asked.schema.get(code) if asked.schema else None
            yield f"{field.name if field else code} = {_words(asked, field, one)}"


def _words(asked: Asked, field: SchemaField | None, value: Any) -> str:
    from lists_core.selectors.titles import titles_of

    if isinstance(value, str) and (is_dynamic(value) or field is None):
        return asked.scene.readable(value)
    natural = shown_value(field, value, asked.scene.actor)
    if field is None or natural is None or isinstance(natural, str):
        return "" if value is None else str(value)
    titles = titles_of([(field, natural)], actor=asked.scene.actor)
    return field.to_text(natural, titles.get(field.key, {}))
