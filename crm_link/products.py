"""What product rows cost. This is the one place where their sums are rounded.

A unit's price less its discount is rounded to kopecks; the line is that times the quantity,
rounded; the tax of the line is rounded too, half up, as people round. The total is the sum of
the lines, with the taxes that are on top of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from crm_link.models import ProductRow

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Sums:
    """`full` is before the discounts, `discount` what they take away, `tax` what is in the
    total (on top or included), `total` what is to be paid."""

    full: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.full + other.full,
            self.discount + other.discount,
            self.tax + other.tax,
            self.total + other.total,
        )


def unit_price(row: ProductRow) -> Decimal:
    """The price of one unit after the discount, never below nought."""
    if row.discount_percent:
        return rounded(row.price * (HUNDRED - row.discount_percent) / HUNDRED)
    return max(rounded(row.price - row.discount_sum), Decimal(0))


def sums_of(row: ProductRow) -> Sums:
    full = rounded(row.price * row.quantity)
    net = rounded(unit_price(row) * row.quantity)
    rate = row.tax_rate or Decimal(0)
    if row.tax_included:
        return Sums(full, full - net, rounded(net * rate / (HUNDRED + rate)), net)
    tax = rounded(net * rate / HUNDRED)
    return Sums(full, full - net, tax, net + tax)


def total_of(rows: Iterable[ProductRow]) -> Sums:
    return sum((sums_of(row) for row in rows), Sums())


def rows_of(element_id: int) -> Sequence[ProductRow]:
    """The rows of an item that the reader was found to see."""
    return list(ProductRow.objects.filter(element=element_id))


def totals_of(element_ids: Collection[int]) -> dict[int, Decimal]:
    """The totals of those items that have rows. One query."""
    found = defaultdict(list)
    for row in ProductRow.objects.filter(element__in=element_ids):
        found[row.element_id].append(row)
    return {pk: total_of(rows).total for pk, rows in found.items()}


def follows_rows(element_id: int) -> bool:
    """Whether the item's amount is the total of its rows."""
    return ProductRow.objects.filter(element=element_id).exists()
