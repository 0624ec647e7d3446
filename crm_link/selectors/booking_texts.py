"""What people are told about bookings, each as far as they may know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.selectors.across import names_across
from staff.models import Employee


@dataclass(frozen=True)
class Taken:
    """An object that is not to be had: `holder` has it, or its state (an option; None in the bin)
    is another than free."""

    object_id: int
    state: int | None = None
    holder: Booking | None = None


def why_taken(
    rule: BookingRule, taken: Collection[Taken], reader: Employee | None
) -> dict[int, str]:
    """Object → why it is not to be had. The object is named to who may see it, and so is the
    deal; nothing is with `reader` None. The same few queries for any number."""
    if not taken:
        return {}
    deals = [one.holder.deal_id for one in taken if one.holder and one.holder.deal_id]
    asked = {rule.target_id: [one.object_id for one in taken], rule.link.list_id: deals}
    names = names_across(reader, asked) if reader else {}
    status = by_pk(schema_of(List.objects.get(pk=rule.target_id)), rule.status_id)
    told = {}
    for one in taken:
        holder, state = one.holder, status.to_text(one.state) if status and one.state else ""
        deal = names.get((rule.link.list_id, holder.deal_id)) if holder else None
        name = names.get((rule.target_id, one.object_id))
        told[one.object_id] = _why(one, {"object": name, "deal": deal, "status": state.lower()})
    return told


def _why(taken: Taken, named: dict[str, str | None]) -> str:
    if not taken.holder and not taken.state:
        return _("The object is in the bin.")
    if not named["object"]:
        return _("The object is not free.")
    if not named["deal"]:
        return _("“%(object)s” is not free: %(status)s.") % named
    if taken.holder and taken.holder.sold:
        return _("“%(object)s” is already sold in the deal “%(deal)s”.") % named
    return _("“%(object)s” is already booked for the deal “%(deal)s”.") % named
