"""Numbers, yes and no, one of several, dates and times."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from workflows.durations import COUNTED, UNITS
from workflows.widgets.base import Asked, Widget, plain, widgets


class NumberField(forms.CharField):
    """A whole number as an int, another one as a text with a point: no digit is lost.

    What is no number stays as it was typed, for publishing to complain of.
    """

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            number = Decimal(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
        except InvalidOperation:
            return text or None
        if not number.is_finite():
            return text
        return int(number) if number == number.to_integral_value() else str(number)


@widgets.register
class Number(Widget):
    slug = "number"

    def control(self, asked: Asked) -> forms.Field:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        return NumberField(required=False, max_length=40, widget=forms.TextInput(attrs))


@widgets.register
class Boolean(Widget):
    slug = "boolean"

    def control(self, asked: Asked) -> forms.Field:
        return forms.BooleanField(required=False, widget=forms.CheckboxInput({"role": "switch"}))


class OneOf(forms.ChoiceField):
    """A value that is not (any more) among the choices stays in the control."""

    def prepare_value(self, value: Any) -> Any:
        keep_chosen(self, [] if value in (None, "") else [value])
        return value

    def valid_value(self, value: Any) -> bool:
        return True

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None


def keep_chosen(field: Any, values: list[Any]) -> None:
    """Add to the field's choices what was chosen and is not among them (any more)."""
    known = {str(key) for key, _label in field.choices}
    gone = [(one, str(one)) for one in values if str(one) not in known]
    field.choices = [*field.choices, *gone]


@widgets.register
class Choice(Widget):
    slug = "choice"
    dynamic = False
    redraws = True

    def control(self, asked: Asked) -> forms.Field:
        options = [(key, str(label)) for key, label in (asked.shown.options or {}).items()]
        return OneOf(choices=options, required=False)

    def text(self, asked: Asked, value: Any) -> str:
        return str((asked.shown.options or {}).get(value, value))


class MomentField(forms.CharField):
    """What the browser's own control for dates and times sends: ISO texts."""

    def __init__(self, kind: str) -> None:
        super().__init__(required=False, max_length=40, widget=forms.TextInput({"type": kind}))
        self.widget.input_type = kind

    def clean(self, value: Any) -> Any:
        return super().clean(value) or None


@widgets.register
class Date(Widget):
    slug = "date"

    def control(self, asked: Asked) -> forms.Field:
        return MomentField("date")


@widgets.register
class Moment(Widget):
    slug = "datetime"

    def control(self, asked: Asked) -> forms.Field:
        return MomentField("datetime-local")


@widgets.register
class Time(Widget):
    slug = "time"

    def control(self, asked: Asked) -> forms.Field:
        return MomentField("time")


def unit_labels() -> dict[str, str]:
    return {unit: str(label) for unit, label in UNITS.items()}


class DurationWidget(forms.MultiWidget):
    template_name = "workflows/widgets/duration.html"

    def __init__(self) -> None:
        attrs = {"inputmode": "numeric", "class": "form-control", "aria-label": _("How many"),
                 "data-placeholders": "1", "autocomplete": "off"}  # fmt: skip
        unit = forms.Select(
            {"class": "form-select", "aria-label": _("Unit")}, unit_labels().items()
        )
        super().__init__({"amount": forms.TextInput(attrs), "unit": unit})

    def decompress(self, value: Any) -> list[Any]:
        if not isinstance(value, dict):
            return [None, "days"]
        return [value.get("amount"), value.get("unit") or "days"]


class DurationField(forms.Field):
    """`{"amount": 3, "unit": "working_days"}`; the amount may be a placeholder."""

    widget = DurationWidget

    def clean(self, value: Any) -> Any:
        amount, unit = (*(value or ()), None, None)[:2]
        number = NumberField(required=False).clean(amount or "")
        if number is None:
            return None
        return {"amount": number, "unit": unit if unit in UNITS else "days"}


@widgets.register
class Duration(Widget):
    slug = "duration"
    dynamic = False

    def control(self, asked: Asked) -> forms.Field:
        return DurationField(required=False)

    def text(self, asked: Asked, value: Any) -> str:
        if not isinstance(value, dict):
            return plain(value)
        unit, amount = str(value.get("unit")), value.get("amount", "")
        if isinstance(amount, int) and unit in COUNTED:
            return str(COUNTED[unit] % {"count": amount})
        return f"{asked.scene.readable(str(amount))} {unit_labels().get(unit, unit)}"
