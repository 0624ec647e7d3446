"""Number: an exact decimal with a chosen precision and a unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lists_core.field_types.base import FieldSettingsForm, FieldType, Titles, field_types
from lists_core.field_types.written import written_number
from lists_core.filters import operators
from lists_core.reports.groupings import BY_NUMBER
from lists_core.reports.measures import NUMERIC, rounded

if TYPE_CHECKING:
    from lists_core.filters.operators import Operator
    from lists_core.models import Field
    from lists_core.reports.groupings import Grouping
    from lists_core.reports.measures import Measure, Number
    from lists_core.schema.fields import SchemaField

MAX_DIGITS = 30
MAX_PRECISION = 10
LONGEST_TEXT = 100
SHAPE = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(E[-+]?\d{1,3})?", re.IGNORECASE | re.ASCII)
ENGLISH_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+", re.ASCII)
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'")


def parse_decimal(text: str) -> Decimal:
    """A number as people write it: spaces between thousands, a comma or a point.

    Raises ValidationError.
    """
    plain = _with_point(text.translate(SPACES).replace("−", "-"))
    if len(text) > LONGEST_TEXT or not SHAPE.fullmatch(plain):
        raise ValidationError(_("Enter a number."))
    number = Decimal(plain)
    places = -int(number.as_tuple().exponent)
    if number.adjusted() >= MAX_DIGITS - MAX_PRECISION or places > LONGEST_TEXT:
        raise ValidationError(_("The number is too large."))
    return number


def _with_point(text: str) -> str:
    """`1,234.50` and `1.234,50` have both signs: the last is the decimal one.

    A lone comma is decimal, but for English eyes one before exactly three digits is not.
    """
    if "," in text and "." in text:
        thousands = "," if text.rindex(".") > text.rindex(",") else "."
        text = text.replace(thousands, "")
    elif ENGLISH_THOUSANDS.fullmatch(text) and (get_language() or "").startswith("en"):
        text = text.replace(",", "")
    return text.replace(",", ".")


class NumberField(forms.Field):
    """A decimal typed with a comma or a point; with `whole`, one without a fraction."""

    def __init__(self, *, required: bool, whole: bool = False) -> None:
        self.whole = whole
        super().__init__(required=required, widget=forms.TextInput({"inputmode": "decimal"}))

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, bool):
            raise ValidationError(_("Enter a number."))
        number = parse_decimal(str(value))
        if self.whole and number != int(number):
            raise ValidationError(_("Enter a whole number."))
        return number

    def prepare_value(self, value: Any) -> Any:
        return format(value, "f") if isinstance(value, Decimal) else value


class NumberSettings(FieldSettingsForm):
    precision = forms.IntegerField(
        label=gettext_lazy("Digits after the point"),
        min_value=0,
        max_value=MAX_PRECISION,
        initial=0,
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    plain = forms.BooleanField(
        label=gettext_lazy("Without spaces between thousands"),
        required=False,
        help_text=gettext_lazy("For years, codes and numbers of documents."),
    )


@field_types.register
class NumberType(FieldType):
    slug = "number"
    label = gettext_lazy("Number")
    icon = "number-123"
    SettingsForm = NumberSettings
    unique_allowed = True

    def precision(self, field: Field) -> int:
        return int(field.settings.get("precision", 0))

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        # One width for every precision: changing it later rewrites nothing.
        return {
            "": models.DecimalField(max_digits=MAX_DIGITS, decimal_places=MAX_PRECISION, null=True)
        }

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return NumberField(required=required, whole=bool(field.settings.get("whole")))

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> Decimal:
        return round(Decimal(parts[0]), self.precision(field))

    def clean(self, field: Field, value: Any) -> Decimal:
        number = value if isinstance(value, Decimal) else parse_decimal(str(value))
        places = self.precision(field)
        if number.adjusted() >= MAX_DIGITS - MAX_PRECISION:
            raise ValidationError(_("The number is too large."))
        if number != round(number, places):
            raise ValidationError(
                _("At most %(places)d digits after the point.") % {"places": places}
            )
        return round(number, places)

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        grouped = not field.settings.get("plain")
        number = written_number(Decimal(value), self.precision(field), grouped=grouped)
        unit = field.settings.get("unit")
        return f"{number}\u00a0{unit}" if unit else number

    def to_cell(self, field: Field, value: Decimal, titles: Titles) -> Decimal:
        return value

    def from_text(self, field: Field, text: str) -> Decimal | None:
        unit = field.settings.get("unit")
        plain = text.strip().removesuffix(unit) if unit else text
        return parse_decimal(plain) if plain.strip() else None

    def to_json(self, field: Field, value: Any) -> str:
        # A string: a JSON number would go through a float and lose digits.
        return str(value)

    def from_json(self, field: Field, raw: Any) -> Decimal:
        if isinstance(raw, bool) or not isinstance(raw, int | str | float):
            raise ValidationError(_("Enter a number."))
        return parse_decimal(str(raw))

    @property
    def operators(self) -> Iterable[Operator]:
        return operators.NUMERIC

    @property
    def groupings(self) -> Iterable[Grouping]:
        return (BY_NUMBER,)

    @property
    def measures(self) -> Iterable[Measure]:
        return tuple(replace(measure, show=shown) for measure in NUMERIC)


def shown(field: SchemaField, number: Number, split: str) -> str:
    """A sum or an average with the field's unit; an average may need two digits more."""
    places = field.type.precision(field.field)  # type: ignore[attr-defined]
    kept = places if rounded(number, places) == Decimal(number) else max(places, 2)
    settings = field.field.settings
    text = number_format(rounded(number, kept), kept, force_grouping=True)
    return f"{text}\u00a0{settings['unit']}" if settings.get("unit") else text
