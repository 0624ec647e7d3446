"""The booking rules of a list, as every write to it asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from django.db.models import Q

from crm_link.kinds import DEAL
from crm_link.models import BookingRule
from lists_core.models import Field
from lists_core.schema.compile import Schema
from lists_core.selectors.lists import owned_lists
from staff.models import Employee

RELATED = ("link", "status", "free", "booked", "sold", "holder", "documents_field")
_known: WeakKeyDictionary[Schema, tuple[BookingRule, ...]] = WeakKeyDictionary()


def rules_of(schema: Schema) -> Sequence[BookingRule]:
    """The working rules whose deals or whose objects the list holds, those of one list of
    objects after another.

    Asked once for each version of the list: whoever changes a rule renews both lists.
    """
    whole = schema.whole or schema
    if whole not in _known:
        rows = BookingRule.objects.filter(
            Q(link__list=whole.list_id) | Q(target=whole.list_id),
            is_active=True,
            link__deleted_at=None,
            status__deleted_at=None,
            target__deleted_at=None,
        )
        _known[whole] = tuple(rows.select_related(*RELATED).order_by("target_id", "pk"))
    return _known[whole]


def booking_links(actor: Employee) -> list[Field]:
    """Link fields of deals for which the actor may set a rule: none has one yet, and the list
    behind them is the actor's own."""
    taken = BookingRule.objects.values("link")
    rows = Field.objects.filter(type="element", list__system=DEAL.system, deleted_at=None)
    fields = rows.exclude(pk__in=taken).select_related("list")
    own = {row.pk for row in owned_lists(actor) if not row.system}
    return [one for one in fields if one.settings.get("list") in own]


def of_deals(schema: Schema) -> list[BookingRule]:
    """The rules by which elements of this list book others."""
    return [one for one in rules_of(schema) if one.link.list_id == schema.list_id]


def of_objects(schema: Schema) -> list[BookingRule]:
    """The rules by which elements of this list are booked."""
    return [one for one in rules_of(schema) if one.target_id == schema.list_id]
