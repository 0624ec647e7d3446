"""Telephone: kept as +74951234567 (E.164), shown as people of its country write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import phonenumbers
from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import BaseExpression
from django.db.models.functions import Collate
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumberFormat

from lists_core.field_types.base import FieldSettingsForm, FieldType, Titles, field_types
from lists_core.field_types.texts import TextField, storable
from lists_core.filters import operators

if TYPE_CHECKING:
    from lists_core.filters.operators import Asked, Operator
    from lists_core.models import Field
    from lists_core.schema.fields import SchemaField

REGION = "RU"
MAX_LENGTH = 60
EXTENSION = ";ext="
KEPT = re.compile(r"\+\d{3,15}(;ext=\d+)?", re.ASCII)


def region_of(field: Field) -> str:
    """The country of numbers typed without a code of one."""
    return str(field.settings.get("region") or REGION)


def parse_phone(typed: str, region: str) -> str:
    """`8 (495) 123-45-67 доб. 12` → `+74951234567;ext=12`. Raises ValidationError."""
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException:
        raise ValidationError(_("Enter a telephone number.")) from None
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(_("Enter a telephone number with all its digits."))
    extension = number.extension
    number.extension = None
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{plain}{EXTENSION}{extension}" if extension else plain


def shown(kept: str, region: str) -> str:
    """A number of the region in its own way, another with its country's code."""
    plain, _sign, extension = kept.partition(EXTENSION)
    try:
        number = phonenumbers.parse(plain)
    except NumberParseException:
        return kept
    own = phonenumbers.country_code_for_region(region) == number.country_code
    form = PhoneNumberFormat.NATIONAL if own else PhoneNumberFormat.INTERNATIONAL
    text = phonenumbers.format_number(number, form)
    return f"{text} {_('ext.')} {extension}" if extension else text


class PhoneField(TextField):
    """A number in any usual form; `clean` gives it as it is kept."""

    def __init__(self, region: str, *, required: bool) -> None:
        self.region = region
        widget = forms.TextInput({"type": "tel", "autocomplete": "off"})
        super().__init__(longest=MAX_LENGTH, required=required, widget=widget)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return parse_phone(typed, self.region) if typed else typed

    def prepare_value(self, value: Any) -> Any:
        return shown(value, self.region) if KEPT.fullmatch(str(value)) else value


class PhonePartField(PhoneField):
    """For filters: a whole number, or some digits of one."""

    def to_python(self, value: Any) -> str:
        try:
            kept = super().to_python(value)
        except ValidationError:
            return digits(str(value))
        # Seven digits of a longer number make a possible one of their own, but no real one.
        return (
            kept
            if kept and phonenumbers.is_valid_number(phonenumbers.parse(kept))
            else (digits(str(value)))
        )


def digits(typed: str) -> str:
    return re.sub(r"\D", "", typed, flags=re.ASCII)


def _part(field: SchemaField) -> forms.Field:
    return PhonePartField(region_of(field.field), required=True)


def region_choices() -> list[tuple[str, str]]:
    """Countries in the active language, with their codes: `RU`, `Россия (+7)`."""
    names = Locale.parse(get_language() or "en", sep="-").territories
    regions = [
        (region, f"{names.get(region, region)} (+{phonenumbers.country_code_for_region(region)})")
        for region in phonenumbers.SUPPORTED_REGIONS
    ]
    return sorted(regions, key=lambda item: item[1])


class PhoneSettings(FieldSettingsForm):
    region = forms.ChoiceField(
        label=gettext_lazy("Country"),
        initial=REGION,
        required=False,
        help_text=gettext_lazy("Numbers without a country's code are taken for this country's."),
        choices=region_choices,
    )


@field_types.register
class PhoneType(FieldType):
    slug = "phone"
    label = gettext_lazy("Telephone")
    icon = "phone"
    SettingsForm = PhoneSettings
    unique_allowed = True
    searchable = True

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {"": models.TextField(null=True)}

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return PhoneField(region_of(field), required=required)

    def clean(self, field: Field, value: Any) -> str | None:
        typed = storable(str(value).strip(), longest=MAX_LENGTH)
        return parse_phone(typed, region_of(field)) if typed else None

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        return shown(value, region_of(field))

    def from_json(self, field: Field, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValidationError(_("A text is expected."))
        return raw

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        text = self.to_text(field, value, titles)
        return format_html('<a class="text-nowrap" href="tel:{}">{}</a>', value, text)

    @property
    def operators(self) -> Iterable[Operator]:
        return OPERATORS

    def search_word(self, word: str) -> str:
        return digits(word)

    def sort_key(self, field: Field, column: str) -> BaseExpression:
        return Collate(F(column), "C")


def _starts(asked: Asked) -> Q:
    """`7495` and `+7495` alike."""
    return asked.lookup("istartswith", f"+{asked.value.removeprefix('+')}")


OPERATORS = (
    replace(operators.CONTAINS, control=_part),
    replace(operators.NOT_CONTAINS, control=_part),
    replace(operators.STARTS_WITH, build=_starts, control=_part),
    replace(operators.TEXT_EQUALS, control=None),
    replace(operators.TEXT_NOT_EQUALS, control=None),
    *operators.PRESENCE,
)
