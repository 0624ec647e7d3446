"""Writing the product rows of a deal or a lead; its amount follows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import Money

from crm_link.card import may_change
from crm_link.kinds import DEAL, LEAD
from crm_link.models import Catalogue, ProductRow
from crm_link.products import total_of
from crm_link.selectors.items import kind_of_target, open_any
from crm_link.services.timeline import note
from lists_core.access import Right
from lists_core.access import forget as forget_rights
from lists_core.element_tabs import Target
from lists_core.field_types.money import default_currency
from lists_core.models import Element
from lists_core.services.elements import locked_row, open_list, update_element
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound

MOST = 500
GIVEN = (
    "name", "product_id", "quantity", "unit", "price", "discount_percent", "discount_sum",
    "tax_rate", "tax_included",
)  # fmt: skip
KINDS = frozenset({DEAL.slug, LEAD.slug})
LARGEST = Decimal(10) ** 16


def replace_rows(
    element_id: int,
    rows: Sequence[Mapping[str, Any]],
    *,
    actor: Employee,
    seen: Sequence[int] | None = None,
) -> list[ProductRow]:
    """Put these rows (keys of GIVEN) in the place of those that there are, and their total into
    the amount. Without rows the amount stays as it is, and is anybody's to type again.

    `seen` are the ids that the writer began with: others there now, Conflict. Raises NotFound,
    Forbidden, Invalid (`"3.price"` is the price of the row at place 3, counted from 0).
    """
    with transaction.atomic():
        forget_rights()
        target = open_any(actor, Right.CHANGE, element_id)
        _ask(target)
        _list, schema = open_list(target.list.pk)
        row = locked_row(schema, element_id, actor)
        present = ProductRow.objects.filter(element=element_id)
        before = list(present)
        if seen is not None and [one.pk for one in before] != list(seen):
            raise Conflict
        made = _made(element_id, rows, actor)
        if _same(before, made):
            return before
        present.delete()
        ProductRow.objects.bulk_create(made)
        if made:
            _set_amount(target, row, made, actor)
        note(element_id, "products", actor=actor, data={"rows": len(made)})
    return made


def _ask(target: Target) -> None:
    """Rows are known and changed by who knows and changes the amount."""
    if kind_of_target(target).slug not in KINDS or target.schema.get("AMOUNT") is None:
        raise NotFound
    if not may_change(target, "AMOUNT"):
        raise Forbidden


def _made(element_id: int, rows: Sequence[Mapping[str, Any]], actor: Employee) -> list[ProductRow]:
    if len(rows) > MOST:
        raise Invalid({"": [_("There are too many rows.")]})
    made = [
        ProductRow(element_id=element_id, sort=place, **_known(row))
        for place, row in enumerate(rows)
    ]
    errors: dict[str, list[str]] = {}
    for row in made:
        for name, texts in _faults(row).items():
            errors[f"{row.sort}.{name}"] = texts
    _forget_strange(made, actor)
    if not errors and total_of(made).total >= LARGEST:
        errors[""] = [_("The total is too large.")]
    if errors:
        raise Invalid(errors)
    return made


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in GIVEN if key in row}


def _faults(row: ProductRow) -> dict[str, list[str]]:
    row.name, row.unit = row.name.strip().replace("\0", ""), row.unit.strip().replace("\0", "")
    try:
        row.clean_fields(exclude={"element", "product"})
    except ValidationError as error:
        return {name: [str(one) for one in texts] for name, texts in error.message_dict.items()}
    if row.discount_percent and row.discount_sum:
        return {"discount_sum": [_("Either a percentage or a sum.")]}
    return {}


def _forget_strange(rows: Sequence[ProductRow], actor: Employee) -> None:
    """A link is kept to elements of the list of products alone: the line's words stay anyway."""
    wanted = {row.product_id for row in rows if row.product_id}
    lists = Catalogue.objects.values("list")
    known = set(
        Element.objects.filter(pk__in=wanted, list__in=lists).values_list("pk", flat=True)
        if wanted
        else ()
    )
    for row in rows:
        row.product_id = row.product_id if row.product_id in known else None


def _same(before: Sequence[ProductRow], made: Sequence[ProductRow]) -> bool:
    return [_values(one) for one in before] == [_values(one) for one in made]


def _values(row: ProductRow) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in GIVEN)


def _set_amount(target: Target, row: Any, rows: Sequence[ProductRow], actor: Employee) -> None:
    field = target.schema["AMOUNT"]
    now = field.read(row)
    currency = now.currency.code if now else default_currency(field.field)
    total = Money(total_of(rows).total, currency)
    values = {"AMOUNT": total}
    update_element(target.list.pk, row.pk, values, version=row.version, actor=actor)


def copy_rows(source_id: int, target_id: int, *, actor: Employee) -> None:
    """The rows of one item into another, in the place of its own, as far as the actor knows
    those and may write these. Raises NotFound, Forbidden."""
    source = open_any(actor, Right.VIEW, source_id)
    rows = ProductRow.objects.filter(element=source_id)
    if source.schema.get("AMOUNT") is None or not rows:
        return
    given = [dict(zip(GIVEN, _values(row), strict=True)) for row in rows]
    replace_rows(target_id, given, actor=actor)
