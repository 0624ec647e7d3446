"""Telling people about bookings that ended without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm_link.models import Booking, BookingRule
from crm_link.selectors.booking_texts import Taken, why_taken
from lists_core.schema.compile import Schema
from lists_core.selectors.across import names_across
from staff.models import Employee
from staff.services.notifications import notify

RESTORED = _("“{deal}” came back from the bin without its object: {why}")


class Ended(NamedTuple):
    """What is told of a booking that ended, also to who may not see the object."""

    named: Any
    unnamed: Any


EXPIRED = Ended(
    _("The booking of “{object}” for “{deal}” has ended: its time was up."),
    _("A booking for “{deal}” has ended: its time was up."),
)
FREED = Ended(
    _("“{object}” is no longer booked for “{deal}”."),
    _("An object is no longer booked for “{deal}”."),
)


def tell_lost_on_restore(
    rule: BookingRule, deals: Schema, deal: Any, taken: Sequence[Taken], *, actor: Employee
) -> None:
    """Who restored it and who answers for it hear why, each as far as they may know."""

    def why(reader: Employee) -> str:
        return " ".join(why_taken(rule, taken, reader).values())

    for reader in _people(actor.pk, *responsible(deals, deal)):
        text = format_lazy(RESTORED, deal=deal.name, why=lazy(why, str)(reader))
        _tell(deals, deal, reader, text)


def tell_ended(
    booking: Booking, deals: Schema, deal: Any, ended: Ended, *, actor: Employee | None
) -> None:
    place = booking.rule.target_id, booking.element_id
    for reader in _people(booking.booked_by_id, *responsible(deals, deal)):
        name = names_across(reader, {place[0]: [place[1]]}).get(place)
        text = ended.named if name else ended.unnamed
        _tell(deals, deal, reader, format_lazy(text, object=name, deal=deal.name), actor)


def _people(*ids: int | None) -> Iterable[Employee]:
    return Employee.objects.filter(pk__in={pk for pk in ids if pk})


def _tell(
    deals: Schema, deal: Any, reader: Employee, text: str | Promise, actor: Employee | None = None
) -> None:
    """News that lead to the deal; who may not see it is shown no words."""
    url = reverse("element", args=[deals.list_id, deal.pk])
    notify([reader], "booking", text, url=url, actor=actor)


def responsible(deals: Schema, deal: Any) -> list[int]:
    field = deals.get("RESPONSIBLE")
    return field.items(field.read(deal)) if field else []
