"""Money: an exact amount with its currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from babel.numbers import get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import Money

from lists_core.field_types.base import FieldSettingsForm, FieldType, Titles, field_types
from lists_core.field_types.controls import PartsWidget, RetiringSelect
from lists_core.field_types.currencies import (
    currency_choices,
    currency_code,
    current,
    make_money,
    money_text,
    parse_money,
)
from lists_core.field_types.number import NumberField, parse_decimal
from lists_core.filters.operators import NUMERIC, PRESENCE, Arity, Asked, Operator
from lists_core.reports import measures

if TYPE_CHECKING:
    from lists_core.models import Field
    from lists_core.reports.measures import Measure, Number
    from lists_core.schema.fields import SchemaField

CURRENCIES = ("RUB", "USD", "EUR")


def currencies_of(field: Field) -> list[str]:
    return list(field.settings.get("currencies") or CURRENCIES)


def default_currency(field: Field) -> str:
    return str(field.settings.get("currency") or currencies_of(field)[0])


class MoneyWidget(PartsWidget):
    """The amount and, beside it, the currency."""

    template_name = "components/widgets/money.html"

    def __init__(self, currencies: list[str], default: str) -> None:
        self.default = default
        amount = forms.TextInput({"inputmode": "decimal", "aria-label": gettext_lazy("Amount")})
        retired = set(current()) - set(currencies)
        codes = [(code, code) for code in (*currencies, *sorted(retired))]
        currency = RetiringSelect({"aria-label": gettext_lazy("Currency")}, codes, retired=retired)
        super().__init__({"amount": amount, "currency": currency})

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, Money):
            return [format(value.amount, "f"), value.currency.code]
        return [value, self.default]


class MoneyField(forms.Field):
    """`clean` takes [amount, currency] of the two inputs, or one text; gives Money or None."""

    def __init__(self, currencies: list[str], default: str, *, required: bool) -> None:
        self.default = default
        super().__init__(required=required, widget=MoneyWidget(currencies, default))

    def to_python(self, value: Any) -> Money | None:
        if isinstance(value, Money):
            return value
        amount, code = value if isinstance(value, list) else (value, None)
        text = "" if amount is None else str(amount).strip()
        if not text:
            return None
        return parse_money(text, default=currency_code(code) if code else self.default)


class MoneySettings(FieldSettingsForm):
    currencies = forms.MultipleChoiceField(
        label=gettext_lazy("Currencies"), choices=currency_choices, initial=CURRENCIES
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Usual currency"),
        choices=currency_choices,
        initial=CURRENCIES[0],
        help_text=gettext_lazy("Of amounts that come without one."),
    )

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        if "currencies" in chosen and chosen.get("currency", "") not in chosen["currencies"]:
            self.add_error("currency", _("Choose one of the field's currencies."))
        return chosen


@field_types.register
class MoneyType(FieldType):
    slug = "money"
    label = gettext_lazy("Money")
    icon = "coin"
    SettingsForm = MoneySettings

    def columns(self, field: Field) -> dict[str, models.Field[Any, Any]]:
        return {
            "_amount": models.DecimalField(max_digits=24, decimal_places=4, null=True),
            "_currency": models.CharField(max_length=3, null=True),
        }

    def from_columns(self, field: Field, parts: tuple[Any, ...]) -> Money:
        amount, code = parts
        return Money(round(Decimal(amount), get_currency_precision(code)), code)

    def to_columns(self, field: Field, value: Any) -> tuple[Any, ...]:
        return value.amount, value.currency.code

    def form_field(self, field: Field, *, required: bool) -> forms.Field:
        return MoneyField(currencies_of(field), default_currency(field), required=required)

    def clean(self, field: Field, value: Any) -> Money:
        if not isinstance(value, Money):
            raise ValidationError(_("Enter an amount of money."))
        code = value.currency.code
        if code not in currencies_of(field):
            raise ValidationError(_("This field does not take %(currency)s.") % {"currency": code})
        return make_money(value.amount, code)

    def to_text(self, field: Field, value: Any, titles: Titles) -> str:
        return money_text(value)

    def to_cell(self, field: Field, value: Any, titles: Titles) -> Decimal | str:
        """A number where every amount is of one currency; else the currency must be seen."""
        return value.amount if len(currencies_of(field)) == 1 else money_text(value)

    def from_text(self, field: Field, text: str) -> Money | None:
        return parse_money(text, default=default_currency(field)) if text.strip() else None

    def to_json(self, field: Field, value: Any) -> str:
        return f"{value.amount:f}|{value.currency.code}"

    def from_json(self, field: Field, raw: Any) -> Money:
        """`"100.50|RUB"` or `{"amount": "100.50", "currency": "RUB"}`."""
        if isinstance(raw, dict):
            raw = f"{raw.get('amount')}|{raw.get('currency')}"
        if not isinstance(raw, str) or "|" not in raw:
            raise ValidationError(_("Enter an amount of money."))
        amount, _sign, code = raw.partition("|")
        return make_money(parse_decimal(amount), currency_code(code))

    def render(self, field: Field, value: Any, titles: Titles) -> SafeString:
        return format_html('<span class="text-nowrap">{}</span>', money_text(value))

    @property
    def operators(self) -> Iterable[Operator]:
        return OPERATORS

    @property
    def measures(self) -> Iterable[Measure]:
        return MEASURES


def _amount(field: SchemaField) -> forms.Field:
    return NumberField(required=True)


def _currency(field: SchemaField) -> forms.Field:
    return forms.ChoiceField(choices=currency_choices)


def _in_currency(asked: Asked) -> Q:
    lookup = "overlap" if asked.multiple else "in"
    return Q.create([(f"{asked.field.column_names[1]}__{lookup}", list(asked.args))])


OPERATORS = (
    *(replace(operator, control=_amount) for operator in NUMERIC if operator not in PRESENCE),
    Operator("currency", gettext_lazy("currency is"), Arity.MANY, _in_currency, _currency),
    *PRESENCE,
)


def shown(field: SchemaField, number: Number, split: str) -> str:
    """An amount of one currency, rounded as amounts of it are."""
    return money_text(Money(measures.rounded(number, get_currency_precision(split)), split))


#: Each currency for itself: amounts of several are never added.
MEASURES = tuple(
    replace(
        measure,
        split="{1}",
        usual=lambda field: default_currency(field.field),
        show=shown,
    )
    for measure in measures.NUMERIC
)
