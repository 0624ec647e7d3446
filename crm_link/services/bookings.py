"""Who holds which object: taken, kept, given back, in the transaction of the deal's write.

Whoever changes what a deal holds has that deal's row locked; then the objects are locked in the
order of their ids. So two writes never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_texts import Taken
from crm_link.services.links import link_value
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.schema.compile import Schema
from lists_core.services.by_rule import change_by_rule
from lists_core.services.elements import open_list
from lists_core.services.outbox import cause
from staff.models import Employee
from svod.base.errors import Conflict
from svod.base.tasks import wake

DEADLOCK = "40P01"


@dataclass(frozen=True, eq=False)
class Ask:
    """These objects are to be the deal's, and no others."""

    deal: Any
    objects: Sequence[int]
    sold: bool = False


Refused = dict[Ask, list[Taken]]


@dataclass
class Settling:
    """One rule, some deals: what changes hands. Filled by `_decide`, written by `_write`."""

    rule: BookingRule
    objects: Schema
    rows: Mapping[int, Any]
    holders: dict[int, Booking]
    #: The deals named their objects before there was a rule.
    hitherto: bool = False
    refused: Refused = field(default_factory=dict)
    freed: list[Booking] = field(default_factory=list)
    taken: list[Booking] = field(default_factory=list)
    turned: list[Booking] = field(default_factory=list)


def settle(
    rule: BookingRule, asks: Sequence[Ask], *, actor: Employee, hitherto: bool = False
) -> Refused:
    """Give the deals, whose rows are locked, what they ask for and take the rest from them.

    With `hitherto` an object counts as free that was marked as booked by hand, and no documents
    are made. Returns what could not be given. Six queries for any number.
    """
    held, wanted = _wanted(rule, asks)
    if not wanted:
        return {}
    objects, rows = _locked(rule, wanted)
    work = Settling(rule, objects, rows, _holders(wanted), hitherto)
    _decide(work, asks, held, actor)
    _write(work, actor)
    return work.refused


def foresee(rule: BookingRule, asks: Sequence[Ask], *, actor: Employee) -> Refused:
    """What could not be given as things stand now. Nothing is locked, so it may come otherwise.

    Whoever is refused something gives nothing back either.
    """
    held, wanted = _wanted(rule, asks)
    if not wanted:
        return {}
    objects = schema_of(List.objects.get(pk=rule.target_id))
    rows = objects.model.objects.filter(deleted_at=None).in_bulk(wanted)
    holders, refused = _holders(wanted), Refused()
    while True:
        work = Settling(rule, objects, rows, dict(holders))
        _decide(work, [ask for ask in asks if ask not in refused], held, actor)
        if not work.refused:
            return refused
        refused |= work.refused


def _wanted(rule: BookingRule, asks: Sequence[Ask]) -> tuple[list[Booking], set[int]]:
    """What the deals hold, and all objects that they hold or ask for."""
    deals = [ask.deal.pk for ask in asks if ask.deal.pk]
    held = list(Booking.objects.filter(rule=rule, deal__in=deals)) if deals else []
    return held, {pk for ask in asks for pk in ask.objects} | {one.element_id for one in held}


def _holders(objects: set[int]) -> dict[int, Booking]:
    found = Booking.objects.filter(element__in=objects).select_related("rule__link")
    return {one.element_id: one for one in found}


def _locked(rule: BookingRule, ids: set[int]) -> tuple[Schema, dict[int, Any]]:
    """The objects as they stand, nobody else's until the transaction ends."""
    _list, objects = open_list(rule.target_id)
    rows = objects.model.objects.filter(pk__in=ids, deleted_at=None)
    try:
        found = list(rows.select_for_update().order_by("pk"))
    except OperationalError as error:
        told = getattr(error.__cause__, "sqlstate", "") == DEADLOCK and not cause.get()
        if told:  # a person hears of it; a process tries again by itself
            raise Conflict(_("Others are booking the same at this moment. Try again.")) from error
        raise
    return objects, {row.pk: row for row in found}


def _decide(work: Settling, asks: Sequence[Ask], held: Sequence[Booking], actor: Employee) -> None:
    kept = {ask.deal.pk: set(ask.objects) for ask in asks}
    for booking in held:
        if booking.element_id not in kept.get(booking.deal_id, {booking.element_id}):
            work.freed.append(booking)
            work.holders.pop(booking.element_id, None)
    freed = {one.element_id for one in work.freed}
    for ask in asks:
        _take(work, ask, freed, actor)


def _take(work: Settling, ask: Ask, freed: set[int], actor: Employee) -> None:
    for pk in dict.fromkeys(ask.objects):
        present = work.holders.get(pk)
        if present and _is_own(present, ask, work.rule):
            _turn(work, present, ask.sold)
        elif why := _taken(work, pk, freed):
            work.refused.setdefault(ask, []).append(why)
        else:
            booking = _new(work.rule, pk, ask, actor)
            work.holders[pk] = booking
            work.taken.append(booking)


def _is_own(booking: Booking, ask: Ask, rule: BookingRule) -> bool:
    """A deal that is still to be saved has no number, and holds nothing yet."""
    return booking.deal_id is not None and (booking.deal_id, booking.rule_id) == (
        ask.deal.pk, rule.pk,
    )  # fmt: skip


def _taken(work: Settling, pk: int, freed: set[int]) -> Taken | None:
    """What keeps the object from being taken, if anything does."""
    rule, row, holder = work.rule, work.rows.get(pk), work.holders.get(pk)
    if row is None:
        return Taken(pk)
    if holder is not None:
        return Taken(pk, rule.sold_id if holder.sold else rule.booked_id, holder)
    status = by_pk(work.objects, rule.status_id)
    state = status.read(row) if status else None
    had = (None, rule.free_id, *([rule.booked_id] if work.hitherto else []))
    return None if pk in freed or state in had else Taken(pk, state)


def _turn(work: Settling, booking: Booking, sold: bool) -> None:  # noqa: FBT001
    """Won: the object is sold. Taken back: it is booked anew, for as long as the rule says."""
    if booking.sold != sold:
        booking.sold = sold
        booking.until = None if sold else until(work.rule)
        work.turned.append(booking)


def _new(rule: BookingRule, pk: int, ask: Ask, actor: Employee) -> Booking:
    return Booking(
        element_id=pk, rule=rule, deal_id=ask.deal.pk, sold=ask.sold, booked_by=actor,
        until=None if ask.sold else until(rule),
    )  # fmt: skip


def until(rule: BookingRule) -> Any:
    return timezone.now() + timedelta(days=rule.days) if rule.days else None


def _write(work: Settling, actor: Employee) -> None:
    """The bookings, then the objects' status and deal with their history."""
    if work.taken and not work.hitherto and work.rule.documents.exists():
        for one in work.taken:
            one.papers = Booking.Papers.DUE
        wake("crm_link.make_papers")
    Booking.objects.filter(pk__in=[one.pk for one in work.freed]).delete()
    Booking.objects.bulk_create(work.taken)
    Booking.objects.bulk_update(work.turned, ["sold", "until"])
    taken = {one.element_id for one in work.taken}
    values = {
        one.element_id: _values(work, None) for one in work.freed if one.element_id not in taken
    }
    values |= {one.element_id: _values(work, one) for one in [*work.taken, *work.turned]}
    changes = [(work.rows[pk], own) for pk, own in sorted(values.items()) if pk in work.rows]
    change_by_rule(work.objects, changes, actor=actor)


def _values(work: Settling, booking: Booking | None) -> dict[str, Any]:
    """What stands in the object: its status, and the deal in the field that keeps it."""
    rule, schema = work.rule, work.objects
    values: dict[str, Any] = {}
    if status := by_pk(schema, rule.status_id):
        state = rule.free_id if booking is None else rule.booked_id
        values[status.code] = rule.sold_id if booking and booking.sold else state
    if holder := by_pk(schema, rule.holder_id):
        ids = [booking.deal_id] if booking else []
        values[holder.code] = link_value(holder, rule.link.list_id, ids)
    return values
