"""The products of a deal or a lead as a table of documents.

In a template: `{%tr for row in products %}`, `{{ row.NAME }}`, `{{ row.SUM }}`, and
`{{ products|total("SUM") }}`; `товары` and the Russian names of columns mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from crm_link.kinds import kind_of
from crm_link.models import ProductRow
from crm_link.products import rows_of, sums_of, unit_price
from lists_core.field_types.money import default_currency
from lists_core.models import List
from lists_core.schema.compile import Schema
from staff.models import Employee
from workflows.documents import plain
from workflows.documents.data import encode
from workflows.documents.extra import DocumentExtra, document_extras
from workflows.documents.names import Name, by_name

TABLE = ("products", "товары")
#: code → (Russian name, caption).
COLUMNS: dict[str, tuple[str, str | Promise]] = {
    "NUMBER": ("Номер", _("Number")),
    "NAME": ("Название", _("Product")),
    "QUANTITY": ("Количество", _("Quantity")),
    "UNIT": ("Единица", _("Unit")),
    "PRICE": ("Цена", _("Price")),
    "PRICE_LESS": ("Цена_со_скидкой", _("Price after the discount")),
    "DISCOUNT": ("Скидка", _("Discount")),
    "TAX_RATE": ("Ставка_НДС", _("Tax, %")),
    "TAX": ("НДС", _("Tax")),
    "SUM": ("Сумма", pgettext_lazy("products", "Total")),
}


@document_extras.register
class Products(DocumentExtra):
    """Known to who knows the amount."""

    slug = "crm.products"

    def names(self, list_: List) -> Sequence[Name]:
        if not _sold(list_.system):
            return []
        parts = by_name(Name(code, str(text), also=also) for code, (also, text) in COLUMNS.items())
        return [Name(TABLE[0], str(_("Products")), "list", TABLE[1], parts)]

    def values(self, actor: Employee, schema: Schema, row: Any) -> Mapping[str, Any]:
        if not _sold(schema.list_system):
            return {}
        amount = schema.get("AMOUNT")
        now = amount.read(row) if amount else None
        currency = now.currency.code if now else default_currency(amount.field) if amount else ""
        rows = rows_of(row.pk) if amount else ()
        drawn = [_record(place, one, currency) for place, one in enumerate(rows, start=1)]
        return dict.fromkeys(TABLE, plain.many(drawn, ""))


def _sold(list_system: str) -> bool:
    kind = kind_of(list_system)
    return bool(kind and kind.staged)


def _record(place: int, one: ProductRow, currency: str) -> dict[str, Any]:
    def money(value: Decimal) -> Money:
        return Money(value, currency)

    sums = sums_of(one)
    values = {
        "NUMBER": place,
        "NAME": one.name,
        "QUANTITY": one.quantity.normalize() + 0,
        "UNIT": one.unit,
        "PRICE": money(one.price),
        "PRICE_LESS": money(unit_price(one)),
        "DISCOUNT": money(sums.discount),
        "TAX_RATE": "" if one.tax_rate is None else one.tax_rate.normalize() + 0,
        "TAX": money(sums.tax),
        "SUM": money(sums.total),
    }
    plainly = {code: encode(value) for code, value in values.items()}
    return plain.record({COLUMNS[code][0]: value for code, value in plainly.items()} | plainly, "")
