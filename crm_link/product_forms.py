"""The table of products as it is typed: columns of controls, a row of the form for each line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm_link.models import ProductRow
from crm_link.products import Sums, sums_of, total_of
from lists_core.field_types.number import NumberField
from lists_core.field_types.pickers import is_id
from svod.base.errors import Invalid

TAXES = [("", _("No tax")), *((str(rate), f"{rate}%") for rate in (0, 5, 7, 10, 20, 22))]
NAMES = ("name", "product", "quantity", "unit", "price", "discount", "discount_kind", "tax",
         "tax_included")  # fmt: skip
NUMBERS = {"quantity": "quantity", "price": "price", "tax_rate": "tax", "discount_sum": "discount",
           "discount_percent": "discount"}  # fmt: skip
MOST = 500


class RowForm(forms.Form):
    """One line. `discount_kind` tells whether the discount is a percentage or a sum."""

    use_required_attribute = False

    name = forms.CharField(label=_("Product"), max_length=300)
    product = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)
    quantity = NumberField(required=True)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    price = NumberField(required=True)
    discount = NumberField(required=False)
    discount_kind = forms.ChoiceField(choices=[("percent", "%"), ("sum", _("sum"))])
    tax = forms.ChoiceField(label=_("Tax"), choices=TAXES, required=False)
    tax_included = forms.ChoiceField(choices=[("1", _("in the price")), ("0", _("on top"))])

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id=False)
        labels = {"quantity": _("Quantity"), "price": _("Price"), "discount": _("Discount"),
                  "discount_kind": _("Kind of discount"), "tax_included": _("How tax counts"),
                  "name": _("Product"), "unit": _("Unit"), "tax": _("Tax")}  # fmt: skip
        for name, label in labels.items():
            self.fields[name].widget.attrs["aria-label"] = label

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes; the form must be valid."""
        given = self.cleaned_data
        discount = given["discount"] or Decimal(0)
        is_sum = given["discount_kind"] == "sum"
        return {
            "name": given["name"],
            "product_id": given["product"],
            "quantity": given["quantity"],
            "unit": given["unit"],
            "price": given["price"],
            "discount_percent": Decimal(0) if is_sum else discount,
            "discount_sum": discount if is_sum else Decimal(0),
            "tax_rate": Decimal(given["tax"]) if given["tax"] else None,
            "tax_included": given["tax_included"] == "1",
        }


class ProductTable:
    """All lines of the form; `seen` are ids of the rows that it began with."""

    def __init__(self, forms_: Sequence[RowForm], seen: Sequence[int]) -> None:
        self.rows = list(forms_)
        self.seen = list(seen)
        self.errors: list[str] = []

    @classmethod
    def of(cls, rows: Sequence[ProductRow]) -> ProductTable:
        return cls([RowForm(initial=initial_of(row)) for row in rows], [row.pk for row in rows])

    @classmethod
    def typed(cls, data: QueryDict) -> ProductTable:
        """From repeated names; columns of different lengths end with the shortest."""
        columns = [data.getlist(name)[:MOST] for name in NAMES]
        lines = zip(*columns, strict=False)
        seen = [int(text) for text in data.getlist("seen") if is_id(text)]
        return cls([RowForm(dict(zip(NAMES, line, strict=True))) for line in lines], seen)

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.rows])  # noqa: C419 - each shows its errors

    @property
    def values(self) -> list[dict[str, Any]]:
        return [form.values for form in self.rows]

    def add_errors(self, error: Invalid) -> None:
        """`"3.price"` at its control, others over the table."""
        for key, texts in error.errors.items():
            place, _dot, name = key.partition(".")
            own = NUMBERS.get(name, name)
            if place.isdecimal() and int(place) < len(self.rows):
                form = self.rows[int(place)]
                form.add_error(own if own in form.fields else None, texts)
            else:
                self.errors += texts

    def lines(self) -> list[tuple[RowForm, Sums | None]]:
        """Each row with what it costs; None while its numbers do not say."""
        return [(form, line_of(form)) for form in self.rows]

    def total(self) -> Sums:
        rows = [ProductRow(**form.values) for form in self.rows if not form.errors]
        return total_of(rows)


def line_of(form: RowForm) -> Sums | None:
    if form.is_bound:
        return sums_of(ProductRow(**form.values)) if form.is_valid() else None
    return form.initial.get("sums")


def initial_of(row: ProductRow) -> dict[str, Any]:
    rate = row.tax_rate
    return {
        "name": row.name,
        "product": row.product_id,
        "quantity": plain(row.quantity),
        "unit": row.unit,
        "price": plain(row.price),
        "discount": plain(row.discount_sum or row.discount_percent) if (
            row.discount_sum or row.discount_percent
        ) else "",
        "discount_kind": "sum" if row.discount_sum else "percent",
        "tax": "" if rate is None else plain(rate),
        "tax_included": "1" if row.tax_included else "0",
        "sums": sums_of(row),
    }  # fmt: skip


def plain(number: Decimal) -> str:
    """`2` for 2.0000, `1.5` for 1.5000."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
