"""What people do with bookings beside writing the deal: book, free; and what time does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_link.access import may_manage_crm
from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from crm_link.selectors.stage_book import FAILURE, meaning_of
from crm_link.services.booking_copies import naming
from crm_link.services.booking_news import EXPIRED, FREED, Ended, tell_ended
from crm_link.services.bookings import Ask, settle
from lists_core.access import Right
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.elements import access_element
from lists_core.services.by_rule import change_by_rule
from lists_core.services.elements import open_list, update_element
from staff.models import Employee
from svod.base.errors import Conflict, Forbidden, Invalid, NotFound
from svod.base.tasks import wake

log = structlog.get_logger(__name__)


def book(rule: BookingRule, deal_id: int, object_id: int, *, actor: Employee) -> Any:
    """Write the object into the deal, which books it. Returns the deal's row.

    A link that takes several objects gets one more. Raises NotFound, Forbidden, Invalid (taken,
    or the deal is lost), Changed.
    """
    access_element(actor, Right.VIEW, rule.target_id, object_id)
    deals, row = _deal_of(rule, deal_id, actor)
    link = link_of(rule, deals)
    if meaning_of(deals, row) == FAILURE:
        told = _("The deal is lost: it books nothing until it is taken back.")
        raise Invalid({link.code: [told]})
    present = link.items(link.read(row))
    value: Any = [*present, object_id] if link.multiple else object_id
    if object_id in present:
        return row
    place = rule.link.list_id
    return update_element(place, deal_id, {link.code: value}, version=row.version, actor=actor)


def release(object_id: int, *, actor: Employee) -> None:
    """Take the object away from its deal and tell the deal's people.

    For whoever may change the deal, and who manages CRM. Raises NotFound, Forbidden.
    """
    with transaction.atomic():
        booking = _booking_for(object_id, actor)
        if booking.sold:
            raise Conflict(_("It is sold: take the deal back from its final stage first."))
        _let_go(booking, FREED, actor=actor)


def make_papers_again(object_id: int, *, actor: Employee) -> None:
    """Have made what could not be made when the object was booked, by the rights of who booked.

    For whoever may change the deal, and who manages CRM. Raises NotFound, Forbidden.
    """
    booking = _booking_for(object_id, actor)
    failed = Booking.objects.filter(pk=booking.pk, papers=Booking.Papers.FAILED)
    if failed.update(papers=Booking.Papers.DUE, papers_error=""):
        wake("crm_link.make_papers")


def free_expired(now: datetime | None = None) -> int:
    """Free what was booked until now; returns how much. Each in a transaction of its own: one
    that cannot be freed keeps no other from it."""
    now = now or timezone.now()
    due = _bookings().filter(until__lte=now, sold=False).order_by("until")
    return sum(_expired(pk, now) for pk in list(due.values_list("pk", flat=True)))


def _expired(booking_id: int, now: datetime) -> bool:
    try:
        return _expire(booking_id, now)
    except Exception:
        log.exception("booking_not_freed", booking=booking_id)
        return False


@transaction.atomic
def _expire(booking_id: int, now: datetime) -> bool:
    booking = _bookings().filter(pk=booking_id).first()
    if booking is None:
        return False
    actor = booking.rule.changed_by or booking.booked_by
    return bool(actor) and _let_go(booking, EXPIRED, actor=actor, due=now)


def _let_go(
    booking: Booking, ended: Ended, *, actor: Employee, due: datetime | None = None
) -> bool:
    """Lock the deal, look again, then clear its link and what came with the object, and give the
    object back."""
    rule = booking.rule
    _list, deals = open_list(rule.link.list_id)
    rows = deals.model.objects.filter(pk=booking.deal_id)
    deal = rows.select_for_update().first()
    again = Booking.objects.filter(pk=booking.pk, deal=booking.deal_id).first()
    if again is None or deal is None or (due and not _is_due(again, due)):
        return False
    link = link_of(rule, deals)
    kept = [pk for pk in link.items(link.read(deal)) if pk != booking.element_id]
    change_by_rule(deals, naming(rule, link, deals, [(deal, kept)], actor=actor), actor=actor)
    settle(rule, [Ask(deal, kept)], actor=actor)
    tell_ended(booking, deals, deal, ended, actor=None if due else actor)
    return True


def _is_due(booking: Booking, now: datetime) -> bool:
    return not booking.sold and booking.until is not None and booking.until <= now


def _booking_for(object_id: int, actor: Employee) -> Booking:
    """Of who may change its deal, or manages CRM. Raises NotFound, Forbidden."""
    booking = booking_of(object_id)
    if booking is None:
        raise NotFound
    if not may_manage_crm(actor):
        _deal_of(booking.rule, booking.deal_id, actor)
    return booking


def _deal_of(rule: BookingRule, deal_id: int, actor: Employee) -> tuple[Schema, Any]:
    """The deal as the actor may change it. Raises NotFound, Forbidden."""
    _list, schema, row = access_element(actor, Right.CHANGE, rule.link.list_id, deal_id)
    if link_of(rule, schema).key in schema.locked:
        raise Forbidden
    return schema, row


def link_of(rule: BookingRule, deals: Schema) -> SchemaField:
    """The field of deals that books; NotFound where the reader may not know it."""
    link = by_pk(deals, rule.link_id)
    if link is None:
        raise NotFound
    return link


def booking_of(object_id: int) -> Booking | None:
    return _bookings().filter(element=object_id).first()


def _bookings() -> Any:
    """Those whose link field and objects are not in a bin: there a rule rests."""
    rows = Booking.objects.filter(rule__link__deleted_at=None, rule__target__deleted_at=None)
    return rows.select_related("rule__link", "rule__changed_by", "booked_by")
