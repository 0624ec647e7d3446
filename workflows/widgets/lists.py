"""Lists and what is in them: elements, sections, fields. Nothing is offered that the designer
may not see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse

from lists_core.field_types.pickers import PickerField, multiple_picker
from lists_core.schema.fields import SchemaField
from lists_core.selectors import suggest
from staff.models import Employee
from workflows.models import NumeratorList
from workflows.widgets.base import Asked, Widget, plain, widgets
from workflows.widgets.scalars import OneOf, keep_chosen


class NumberOf(OneOf):
    """A choice whose value is an id."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return int(text) if text and str(text).isdecimal() else text


@widgets.register
class ListWidget(Widget):
    slug = "list"
    names_list = True
    dynamic = False
    redraws = True

    def control(self, asked: Asked) -> forms.Field:
        return NumberOf(choices=[("", "—"), *asked.scene.lists.items()], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return asked.scene.lists.get(value, f"#{value}")


@widgets.register
class Numerator(ListWidget):
    """A list of numerators."""

    slug = "numerator"
    names_list = False

    def control(self, asked: Asked) -> forms.Field:
        own = set(NumeratorList.objects.values_list("list_id", flat=True))
        lists = [(pk, name) for pk, name in asked.scene.lists.items() if pk in own]
        return NumberOf(choices=[("", "—"), *lists], required=False)


@dataclass(frozen=True)
class Elements:
    """The choices of a picker: readable elements of one list."""

    list_id: int

    def titles(self, ids: Collection[int], actor: Employee) -> Mapping[int, str]:
        return suggest.named_elements(actor, self.list_id, ids)

    def all(self, actor: Employee) -> Mapping[int, str] | None:
        return None


@widgets.register
class ElementWidget(Widget):
    slug = "element"
    many = False

    def control(self, asked: Asked) -> forms.Field:
        list_id = asked.list_id or 0
        address = reverse("element_suggest", args=[list_id])
        make = multiple_picker if self.many else PickerField
        control = make(address, Elements(list_id), required=False)
        control.for_actor(asked.scene.actor)
        return control

    def text(self, asked: Asked, value: Any) -> str:
        ids = value if isinstance(value, list) else [value]
        known = suggest.named_elements(asked.scene.actor, asked.list_id or 0, ids)
        return ", ".join(known.get(one, f"#{one}") for one in ids)


@widgets.register
class ElementsWidget(ElementWidget):
    slug = "elements"
    many = True


@widgets.register
class SectionWidget(Widget):
    slug = "section"

    def control(self, asked: Asked) -> forms.Field:
        return NumberOf(choices=[("", "—"), *asked.scene.sections(asked.list_id)], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        names = dict(asked.scene.sections(asked.list_id))
        return str(names.get(value, f"#{value}")).strip()


def field_choices(asked: Asked, *types: str) -> list[tuple[str, str]]:
    """Codes and names of the list's fields, of some types only when those are given."""
    fields: tuple[SchemaField, ...] = asked.schema.all_fields if asked.schema else ()
    return [
        (one.code, one.name)
        for one in fields
        if not one.type.concealed and (not types or one.type.slug in types)
    ]


def field_name(asked: Asked, code: Any) -> str:
    return dict(field_choices(asked)).get(str(code), str(code))


@widgets.register
class FieldWidget(Widget):
    slug = "field"
    dynamic = False
    types: tuple[str, ...] = ()

    def control(self, asked: Asked) -> forms.Field:
        return OneOf(choices=[("", "—"), *field_choices(asked, *self.types)], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return field_name(asked, value)


@widgets.register
class DateField(FieldWidget):
    slug = "date_field"
    types = ("date", "datetime")


@widgets.register
class FileField(FieldWidget):
    slug = "file_field"
    types = ("file", "disk_file")


class SomeOf(forms.MultipleChoiceField):
    """Several choices in one searched control, as a list."""

    widget = forms.SelectMultiple

    def __init__(self, choices: list[tuple[Any, str]]) -> None:
        super().__init__(choices=choices, required=False)
        self.widget.template_name = "components/widgets/select.html"

    def prepare_value(self, value: Any) -> Any:
        values = value if isinstance(value, list) else []
        keep_chosen(self, values)
        return values

    def valid_value(self, value: Any) -> bool:
        return True

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None


@widgets.register
class Fields(Widget):
    slug = "fields"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return SomeOf(field_choices(asked))

    def text(self, asked: Asked, value: Any) -> str:
        if not isinstance(value, list):
            return plain(value)
        return ", ".join(field_name(asked, code) for code in value)


@widgets.register
class Variable(Widget):
    slug = "variable"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return OneOf(choices=[("", "—"), *asked.scene.variables.items()], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return asked.scene.variables.get(str(value), str(value))


@widgets.register
class Process(Widget):
    """Another process, by its code."""

    slug = "process"
    dynamic = False
    redraws = True

    def control(self, asked: Asked) -> forms.Field:
        return OneOf(choices=[("", "—"), *asked.scene.processes.items()], required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return asked.scene.processes.get(str(value), str(value))
