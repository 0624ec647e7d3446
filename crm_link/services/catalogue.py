"""Choosing the list of products."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from crm_link.access import require_crm_manager
from crm_link.models import Catalogue
from crm_link.services.told import tell
from lists_core.access import Right
from lists_core.models import Field, List
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.errors import Invalid, NotFound

PRICES = frozenset({"money", "number"})
UNITS = frozenset({"string", "list"})


@transaction.atomic
def choose_catalogue(
    list_id: int | None, *, price_id: int | None = None, unit_id: int | None = None, actor: Employee
) -> None:
    """Rows of products are taken from this list, None from no list. Raises Forbidden, Invalid."""
    require_crm_manager(actor)
    Catalogue.objects.all().delete()
    if list_id is None:
        tell("catalogue_chosen", actor=actor)
        return
    try:
        list_ = access_list(actor, Right.VIEW, list_id)
    except NotFound:
        raise Invalid({"list": [_("There is no such list.")]}) from None
    price = _field(list_, price_id, "price", PRICES)
    Catalogue.objects.create(list=list_, price=price, unit=_field(list_, unit_id, "unit", UNITS))
    tell("catalogue_chosen", actor=actor, subject=f"list:{list_.pk}", called=list_.name)


def _field(list_: List, pk: int | None, name: str, types: frozenset[str]) -> Field | None:
    if pk is None:
        return None
    rows = Field.objects.filter(list=list_, deleted_at=None, multiple=False, type__in=types)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Invalid({name: [_("Choose a field of this list.")]})
    return found
