"""The list that product rows are taken from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_link.models import Catalogue
from lists_core.access import Right, schema_for, visible_lists
from lists_core.models import List
from lists_core.selectors.elements import access_element
from staff.models import Employee


@dataclass(frozen=True)
class Offer:
    """A product as a new row takes it."""

    id: int
    name: str
    unit: str
    price: Decimal | None


def catalogue_of(actor: Employee) -> List | None:
    """The list of products, if one was chosen and the actor sees it."""
    return visible_lists(actor).filter(pk__in=Catalogue.objects.values("list")).first()


def offer_of(actor: Employee, element_id: int) -> Offer | None:
    """A product of the list; what the actor may not read of it stays empty. Raises NotFound."""
    chosen = Catalogue.objects.select_related("list", "price", "unit").first()
    if chosen is None:
        return None
    list_, _schema, row = access_element(actor, Right.VIEW, chosen.list_id, element_id)
    schema = schema_for(actor, list_, row)
    price = _read(schema, chosen.price, row)
    amount = getattr(price, "amount", price)
    unit = _read(schema, chosen.unit, row)
    return Offer(row.pk, row.name, str(unit or "")[:20], amount)


def _read(schema: Any, field: Any, row: Any) -> Any:
    known = schema.by_key.get(field.column) if field is not None else None
    return known.read(row) if known else None
