"""Open deals that named an object before there was a rule book it, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_rules import of_deals
from crm_link.selectors.stage_book import book_of
from crm_link.services.bookings import Ask, settle
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.services.elements import open_list
from staff.models import Employee
from svod.base.errors import NotFound

BATCH = 200


@dataclass(frozen=True)
class Intake:
    """What came of some deals: `last` is the id of the last of them, 0 when none were left;
    `conflicts` are (deal, object) of what the deal names and could not get."""

    last: int
    looked: int = 0
    booked: int = 0
    conflicts: tuple[tuple[int, int], ...] = ()


@transaction.atomic
def take_in(rule: BookingRule, last: int, *, actor: Employee) -> Intake:
    """Book for the next open deals after the id `last`; one transaction.

    What the object says of itself by hand is believed as far as it is free or booked: it was
    written before there was a rule. Raises NotFound when the rule rests or is gone.
    """
    _list, deals = open_list(rule.link.list_id)
    working = next((one for one in of_deals(deals) if one.pk == rule.pk), None)
    link = by_pk(deals, working.link_id) if working else None
    if working is None or link is None:
        raise NotFound
    rows = list(_open_deals(deals, link, last).select_for_update()[:BATCH])
    if not rows:
        return Intake(0)
    own = Booking.objects.filter(rule=working, deal__in=[row.pk for row in rows])
    before = own.count()
    asks = [Ask(row, link.items(link.read(row))) for row in rows]
    refused = settle(working, asks, actor=actor, hitherto=True)
    pairs = [(ask.deal.pk, one.object_id) for ask, lost in refused.items() for one in lost]
    return Intake(rows[-1].pk, len(rows), own.count() - before, tuple(pairs))


def _open_deals(deals: Schema, link: SchemaField, last: int) -> QuerySet[Any]:
    done = [line.pk for line in book_of(deals).lines.values() if line.is_final]
    rows: QuerySet[Any] = deals.model.objects.filter(deleted_at=None, pk__gt=last)
    named = rows.exclude(Q.create([(f"{link.main_column}__isnull", True)]))
    return named.exclude(Q.create([(f"{deals['STAGE'].main_column}__in", done)])).order_by("pk")
