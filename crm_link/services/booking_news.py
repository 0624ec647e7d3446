"""Telling people about bookings that ended without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lists_core.schema.compile import Schema
from staff.models import Employee
from staff.services.notifications import notify

RESTORED = _("“{deal}” came back from the bin without its object: {why}")
EXPIRED = _("The booking of “{object}” for “{deal}” has ended: its time was up.")
FREED = _("“{object}” is no longer booked for “{deal}”.")


def tell_lost_on_restore(
    deals: Schema, rows: Sequence[Any], refused: Mapping[int, Mapping[int, str]], *, actor: Employee
) -> None:
    for row in rows:
        why = " ".join(refused[row.pk].values())
        told = {actor.pk, *responsible(deals, row)}
        tell(deals, row, told, format_lazy(RESTORED, deal=row.name, why=why))


def tell(
    deals: Schema,
    deal: Any,
    people: Collection[int | None],
    text: str | Promise,
    actor: Employee | None = None,
) -> None:
    """News that lead to the deal; who may not see it is shown no words."""
    found = Employee.objects.filter(pk__in=[pk for pk in people if pk])
    notify(found, "booking", text, url=reverse("element", args=[deals.list_id, deal.pk]),
           actor=actor)  # fmt: skip


def responsible(deals: Schema, deal: Any) -> list[int]:
    field = deals.get("RESPONSIBLE")
    return field.items(field.read(deal)) if field else []
