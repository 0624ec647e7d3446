"""What people are told about bookings, as far as each may know."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from crm_link.carrying import by_pk
from crm_link.models import Booking, BookingRule
from lists_core.schema.compile import Schema
from lists_core.selectors.across import names_across
from staff.models import Employee


def why_taken(
    rule: BookingRule, objects: Schema, row: Any, booking: Booking | None, actor: Employee
) -> str:
    """Why the object is not to be had; "" where it is free."""
    status = by_pk(objects, rule.status_id)
    state = status.read(row) if status else None
    if booking is None and (state is None or state == rule.free_id):
        return ""
    named = {"object": row.name, "deal": deal_name(booking, actor) if booking else ""}
    if named["deal"] and booking and booking.sold:
        return _("“%(object)s” is already sold in the deal “%(deal)s”.") % named
    if named["deal"]:
        return _("“%(object)s” is already booked for the deal “%(deal)s”.") % named
    text = status.to_text(state) if status else ""
    return _("“%(object)s” is not free: %(status)s.") % {**named, "status": text.lower()}


def deal_name(booking: Booking, actor: Employee) -> str:
    """The title of the deal that holds something; "" for who may not see the deal."""
    place = (booking.rule.link.list_id, booking.deal_id)
    return names_across(actor, {place[0]: [place[1]]}).get(place, "")
